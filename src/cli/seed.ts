import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { systemClock } from '#auth/system-clock.ts';
import { systemRandom } from '#auth/system-random.ts';
import { systemActor } from '#core/actor.ts';
import { createUsers } from '#core/create-users.ts';
import { fieldTableOf } from '#core/extension.ts';
import { Identities } from '#core/identities.ts';
import type { Store } from '#core/ports.ts';
import { extensions } from '#dialects/extensions.ts';
import { dialects } from '#dialects/index.ts';
import { compose } from '#muster/compose.ts';
import { readConfig } from '#muster/config.ts';
import { createLog } from '#muster/log.ts';
import { ConfigError } from '#muster/settings.ts';
import { personOf } from './people.ts';

/** Users in one transaction: few enough that they have left the young generation's way when the next ones come. */
const batchSize = 256;
/** Batches under way: while one is being written, one is ready to be, and one is decided. */
const atOnce = 3;
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
    await fill(muster.store, users, (done) => bar.update(done));
    bar.stop();
    process.stdout.write('Making them searchable.\n');
    await muster.store.prepareSearches();
    process.stdout.write(`The store holds the first ${users} people.\n`);
    // Whoever serves this store is shown the administrator's password and token.
    await muster.administrator?.abandoned();
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

/** Creates the first `count` people, in their order. `progressed` is told how many are durable. */
async function fill(store: Store, count: number, progressed: (done: number) => void): Promise<void> {
  const idSchemes = Object.fromEntries(dialects.map(({ name, ids }) => [name, ids]));
  const ports = {
    store,
    identities: new Identities(store, systemRandom, idSchemes),
    clock: systemClock,
    random: systemRandom,
    table: fieldTableOf(extensions),
  };
  let [next, done] = [1, 0];
  const work = async (): Promise<void> => {
    while (next <= count) {
      const first = next;
      next = Math.min(first + batchSize, count + 1);
      const people = Array.from({ length: next - first }, (_, index) => personOf(first + index, firstRealm));
      await createUsers(people, systemActor, { dialect: 'seed' }, ports);
      done += people.length;
      progressed(done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
