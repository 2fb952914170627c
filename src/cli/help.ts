import { readFileSync } from 'node:fs';
import { type Command, describeOptions } from './command.ts';
import { exitsExplained, misuse } from './exits.ts';
import { serverOptions } from './server.ts';

/** What every command shows of itself when it is asked. */
export async function helpOf({ name, operands, help, optionsHelp }: Command): Promise<string> {
  const usage = ['muster', name, operands, optionsHelp && '[options]'].filter((part) => part !== undefined).join(' ');
  const options = optionsHelp === undefined ? '' : `\nOptions:\n${await optionsHelp()}`;
  return `${usage}\n  ${help}\n${options}`;
}

/** `muster help`: every command, and all that can be set. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    operands: '[command]',
    help: 'shows this, or more about a command',
    async run(args) {
      const asked = args.join(' ');
      const about = commands().filter(({ name }) => name === asked || name.startsWith(`${asked} `));
      if (asked !== '' && about.length === 0) throw misuse(`There is no command ${asked}; muster help lists all.`);
      const texts = asked === '' ? [overview(commands())] : about.map(helpOf);
      process.stdout.write((await Promise.all(texts)).join('\n'));
    },
  };
}

export const versionCommand: Command = {
  name: 'version',
  help: 'shows the version',
  run: async () => {
    process.stdout.write(`${version()}\n`);
  },
};

async function overview(commands: readonly Command[]): Promise<string> {
  const rows = commands.map(({ name, operands, help }) => [operands ? `${name} ${operands}` : name, help] as const);
  const width = Math.max(...rows.map(([usage]) => usage.length));
  const lines = rows.map(([usage, help]) => `muster ${usage.padEnd(width)}  ${help}\n`);
  const serving = await commands.find(({ name }) => name === 'serve')?.optionsHelp?.();
  return `Muster ${version()}: one user directory that speaks every dialect.

${lines.join('')}
muster help <command> and muster <command> --help show its options. Those about users, tokens and clients talk to the
running server, as the user whose token they are given, and all take:
${describeOptions(serverOptions)}
Exit codes:
${exitsExplained.map(([code, meaning]) => `  ${code}  ${meaning}\n`).join('')}
Options of serve, each with its variable:
${serving}`;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return manifest.version;
}
