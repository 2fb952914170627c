import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { misuse } from './exits.ts';
import { helpOf } from './help.ts';

const aliases: Readonly<Record<string, string>> = { '--help': 'help', '-h': 'help', '--version': 'version' };

/** Runs the command that these words begin with. Rejects with a CliError for what one line tells. */
export async function run([first = 'help', ...others]: readonly string[]): Promise<void> {
  const words = [aliases[first] ?? first, ...others];
  const command = commands.find(({ name }) => name === words.slice(0, wordsIn(name)).join(' '));
  if (command === undefined) return await runGroup(words);
  const args = words.slice(wordsIn(command.name));
  if (args.includes('--help')) process.stdout.write(await helpOf(command));
  else await command.run(args);
}

/** The first word of commands of two, such as `user`: alone it does nothing, and tells what there is. */
async function runGroup(words: readonly string[]): Promise<void> {
  const [group = '', second = ''] = words;
  const inGroup = commands.filter(({ name }) => name.startsWith(`${group} `));
  if (inGroup.length === 0) {
    throw misuse(`There is no command ${group}; muster help lists those that there are.`);
  }
  if (second === '--help') process.stdout.write((await Promise.all(inGroup.map(helpOf))).join('\n'));
  else throw misuse(`${group} must be followed by one of ${inGroup.map(lastWord).join(', ')}.`);
}

function wordsIn(name: string): number {
  return name.split(' ').length;
}

function lastWord({ name }: Command): string {
  return name.split(' ').at(-1) ?? '';
}
