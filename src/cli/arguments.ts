import { parseArgs } from 'node:util';
import type { Options } from './command.ts';
import { misuse } from './exits.ts';

/** A command line, read. */
export interface Arguments {
  /** One for each word of the command's operands. */
  readonly operands: readonly string[];
  /** The value of an option; undefined when it was not given. */
  value(name: string): string | undefined;
  /** Whether a switch was given. */
  has(name: string): boolean;
}

/**
 * Reads what follows a command's name.
 * @param operands as in help: `<dialect> <id>`
 * @throws CliError for an unknown option, one without its value or given twice, and for too few or too many words
 */
export function readArguments(args: readonly string[], operands: string, options: Options): Arguments {
  const { tokens } = parseArgs({ args: [...args], options: parsedOptions(options), strict: false, tokens: true });
  const words: string[] = [];
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined || token.rawName !== `--${token.name}`) {
      throw misuse(`There is no option ${token.rawName} here; --help lists those that there are.`);
    }
    if (given.has(token.name)) throw misuse(`--${token.name} is given twice.`);
    if (option.value === undefined && token.value !== undefined) throw misuse(`--${token.name} takes no value.`);
    const swallowed = !token.inlineValue && token.value?.startsWith('--');
    if (option.value !== undefined && (token.value === undefined || swallowed)) {
      throw misuse(`--${token.name} needs a value.`);
    }
    given.set(token.name, token.value ?? '');
  }
  const wanted = operands === '' ? [] : operands.split(' ');
  const missing = wanted[words.length];
  if (missing !== undefined) throw misuse(`${missing} is missing; --help says what is needed.`);
  if (words.length > wanted.length) throw misuse(`${words[wanted.length]} is one word too many.`);
  return { operands: words, value: (name) => given.get(name), has: (name) => given.has(name) };
}

function parsedOptions(options: Options): Record<string, { type: 'string' | 'boolean' }> {
  const entries = Object.entries(options).map(([name, { value }]) => {
    return [name, { type: value === undefined ? 'boolean' : 'string' }] as const;
  });
  return Object.fromEntries(entries);
}

/** A whole number as text, as the query of a call has it. Throws a CliError for anything else. */
export function wholeNumber(name: string, text: string): string {
  if (/^\d{1,15}$/.test(text)) return text;
  throw misuse(`--${name} must be a whole number.`);
}
