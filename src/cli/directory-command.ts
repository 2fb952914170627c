import type { JsonObject } from '#core/json.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { type Command, describeOptions, type Options } from './command.ts';
import { type Answer, type Server, serverOf, serverOptions } from './server.ts';
import { confirm } from './stdin.ts';
import { card, table, textOf } from './table.ts';

/** One call of a command. */
export interface Call extends Arguments {
  readonly server: Server;
  /** Asks before what cannot be undone, unless `--yes` was given. */
  confirmed(question: string): Promise<void>;
}

/** A command that talks to the running server. */
interface DirectoryCommand {
  readonly name: string;
  readonly operands?: string;
  readonly help: string;
  readonly options?: Options;
  /** It cannot be undone, so it asks, or takes `--yes`. */
  readonly asks?: true;
  act(call: Call): Promise<Answer>;
  /** What people are shown of the answer; with `--json` everybody is shown the answer itself. */
  show(answer: JsonObject, call: Call): string;
}

const jsonOption: Options = { json: { help: "prints the server's answer as it came, and nothing else" } };
const yesOption: Options = { yes: { help: 'does not ask first' } };

export function directoryCommand({
  name,
  operands,
  help,
  options: own = {},
  asks,
  act,
  show,
}: DirectoryCommand): Command {
  const options = { ...own, ...(asks ? yesOption : {}), ...jsonOption, ...serverOptions };
  return {
    name,
    ...(operands === undefined ? {} : { operands }),
    help,
    optionsHelp: async () => describeOptions(options),
    async run(args) {
      const read = readArguments(args, operands ?? '', options);
      const call: Call = {
        ...read,
        server: await serverOf(read, process.env),
        confirmed: async (question) => (read.has('yes') ? undefined : await confirm(question)),
      };
      const answer = await act(call);
      if (!read.has('json')) process.stdout.write(show(answer.body, call));
      else if (answer.text !== '') process.stdout.write(`${answer.text}\n`);
    },
  };
}

/** The answer as a card. */
export const asCard = (answer: JsonObject): string => card(answer, process.stdout);

/** A list in the answer as a table of these members; absent ones are empty. */
export function asTable(list: string, members: readonly string[]): (answer: JsonObject) => string {
  return (answer) => {
    const rows = (answer[list] ?? []) as readonly JsonObject[];
    return table(
      members,
      rows.map((row) => members.map((path) => memberAt(row, path))),
      process.stdout,
    );
  };
}

/** One line that says what has happened. */
export function asLine(line: string): string {
  return `${textOf(line)}\n`;
}

function memberAt(thing: JsonObject, path: string) {
  const [first = '', ...rest] = path.split('.');
  const member = thing[first];
  return rest.length === 0 ? member : ((member ?? {}) as JsonObject)[rest.join('.')];
}

/** A query of what has been given: `?limit=5`, or nothing. */
export function queryOf(members: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
