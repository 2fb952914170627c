import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import type { Directory } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import { dialects } from '#dialects/index.ts';
import { compose } from '#muster/compose.ts';
import { readConfig } from '#muster/config.ts';
import { createLog } from '#muster/log.ts';
import { ConfigError } from '#muster/settings.ts';
import { personOf } from './people.ts';

/** Users that are being created at a time: enough to fill a transaction while the next one gathers. */
const atOnce = 1024;
const firstRealm = 1;

/**
 * `muster seed --users N [options of serve]`: adds the first N of the plausible people to a store that no server has
 * open; those that are there already stay as they are. Rejects with an error whose message is one line to be shown.
 */
export async function seed(args: readonly string[]): Promise<void> {
  const { users, rest } = readArguments(args);
  const muster = await compose(readConfig(rest, process.env, dialects), createLog('warn'));
  try {
    const bar = new SingleBar(
      { format: '{bar} {percentage} % | {value} of {total} users | {eta_formatted} left' },
      Presets.rect,
    );
    bar.start(users, 0);
    await fill(muster.directory, users, (done) => bar.update(done));
    bar.stop();
    process.stdout.write(`The store holds the first ${users} people.\n`);
  } finally {
    await muster.close();
  }
}

function readArguments(args: readonly string[]): { users: number; rest: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    options: { users: { type: 'string' } },
    strict: false,
    tokens: true,
  });
  const given = tokens.find((token) => token.kind === 'option' && token.name === 'users');
  const users = Number(given?.kind === 'option' ? given.value : undefined);
  if (!Number.isSafeInteger(users) || users < 1) throw new ConfigError('--users needs a number, such as 1000.');
  const skipped = new Set([given?.index, given?.kind === 'option' && !given.inlineValue ? given.index + 1 : undefined]);
  return { users, rest: args.filter((_, index) => !skipped.has(index)) };
}

/** Creates the first `count` people. `progressed` is told how many are durable. */
async function fill(directory: Directory, count: number, progressed: (done: number) => void): Promise<void> {
  const acting = directory.as(systemActor, { dialect: 'seed' });
  let [next, done] = [1, 0];
  const work = async (): Promise<void> => {
    while (next <= count) {
      await acting.run(createUser, personOf(next++, firstRealm)).catch(unlessThere);
      progressed(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
}

function unlessThere(error: unknown): void {
  if (!(error instanceof DirectoryError && error.reason === 'username_taken')) throw error;
}
