import { createSealer } from '#auth/aes-sealer.ts';
import { createHasher } from '#auth/argon-hasher.ts';
import { type Actor, systemActor, type Via } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import { actorOf } from '#core/current-actor.ts';
import type { ActingDirectory } from '#core/directory.ts';
import { extensionField, FieldTable } from '#core/fields.ts';
import type { Channel } from '#core/message.ts';
import type { Hasher, Log, Observer, Random, Sealer, Store } from '#core/ports.ts';
import { RunningDirectory } from '#core/running-directory.ts';
import type { User, UserKey } from '#core/user.ts';
import type { WriterOptions } from '#core/writer.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import { ManualClock, seededRandom } from './manual.ts';

/** Swallows what is logged; what matters is asserted. */
export const quietLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Real hashes at the least cost. */
export const cheapHasher = createHasher({ memoryCost: 8, timeCost: 1 });

/** A directory over a real store, with a clock that stands still; without dialects and sockets. */
export interface TestDirectory {
  readonly directory: RunningDirectory;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly random: Random;
  readonly sealer: Sealer;
  /** The server itself, through a dialect. */
  system(dialect?: string): ActingDirectory;
  as(actor: Actor, dialect?: string): ActingDirectory;
  create(input: Partial<CreateUserInput> & { readonly username?: string }): Promise<User>;
  /** The actor that a user now is. */
  actor(user: UserKey): Promise<Actor>;
  user(key: UserKey): Promise<User>;
  close(): Promise<void>;
}

export interface TestDirectoryOptions {
  readonly writer?: WriterOptions;
  readonly delivers?: readonly Channel[];
  readonly observer?: Observer;
  readonly hasher?: Hasher;
  /** Another one than in memory; it is closed with the directory. */
  readonly store?: Store;
  /** Of its randomness: directories over one store need different ones. */
  readonly seed?: number;
}

export async function openTestDirectory({ seed, ...options }: TestDirectoryOptions = {}): Promise<TestDirectory> {
  const [clock, random] = [new ManualClock(), seededRandom(seed)];
  const sealer = createSealer([new Uint8Array(32).fill(1)], random);
  const store = options.store ?? (await openSqliteStore({ path: ':memory:' }));
  const directory = new RunningDirectory({
    clock,
    random,
    sealer,
    hasher: cheapHasher,
    log: quietLog,
    table: new FieldTable({
      'devicehive.introReviewed': extensionField.boolean('self'),
      'accela.role': extensionField.text('administrator'),
    }),
    idSchemes: { directory: 'guid', zitadel: 'number', devicehive: 'number' },
    delivers: [],
    ...options,
    store,
  });
  const as = (actor: Actor, dialect = 'directory'): ActingDirectory => directory.as(actor, viaOf(dialect));
  const system = (dialect?: string): ActingDirectory => as(systemActor, dialect);
  for (const key of [1, 2]) {
    const fields = { name: `realm-${key}`, language: 'en', region: 'US', timeZone: 'UTC' };
    const ids = { directory: random.uuid(), zitadel: `${key}00` };
    await system().run(createRealm, { key, ids, fields });
  }
  const user = async (key: UserKey): Promise<User> => {
    const found = (await store.load({ users: [key] })).users.get(key);
    if (found === undefined) throw new Error(`no user ${key}`);
    return found;
  };
  return {
    directory,
    store,
    clock,
    random,
    sealer,
    system,
    as,
    user,
    actor: async (key) => actorOf(await user(key)),
    create: async ({ username = 'minnie', ...input }) => {
      const patch = { username, ...input.patch };
      const outcome = await system().run(createUser, { realm: 1, kind: 'human', ...input, patch });
      return outcome.user as User;
    },
    close: async () => {
      await directory.close();
      await store.close();
    },
  };
}

export function viaOf(dialect: string): Via {
  return { dialect, request: 'r-1', address: '127.0.0.1' };
}
