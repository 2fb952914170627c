import { existsSync } from 'node:fs';
import { keysBeside } from '#auth/secret-keys.ts';
import { elapsedMs } from '#auth/system-clock.ts';
import type { Log, Random, Store } from '#core/ports.ts';
import type { DirectoryPorts } from '#core/running-directory.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import { WriterThread } from '#writing/writer-thread.ts';
import type { Config } from './config.ts';
import { ConfigError } from './settings.ts';

/** A store with what belongs to its kind. */
export interface OpenedStore {
  readonly store: Store;
  readonly secretKeys: readonly Uint8Array[];
  /** Where commands are decided and committed. `batched` is told of every batch: its commands, and milliseconds. */
  writer(batched: (commands: number, ms: number) => void): Pick<DirectoryPorts, 'committing' | 'writer'>;
}

/** Opens the store of the configuration. Rejects with an error whose message is one line to be shown. */
export async function openStore(config: Config, log: Log, random: Random): Promise<OpenedStore> {
  return config.store.kind === 'postgres' ? await openShared(config) : await openEmbedded(config, log, random);
}

/** Several processes may write it: each decides in its own main thread, and waits for the database. */
async function openShared({ store, secretKeys }: Config): Promise<OpenedStore> {
  if (store.kind !== 'postgres') throw new TypeError('This store is not shared.');
  if (secretKeys === undefined) {
    throw new ConfigError('A store in PostgreSQL needs MUSTER_SECRET_KEY, the same for all: openssl rand -base64 32.');
  }
  // Its driver is of no use to the embedded store.
  const { openPostgresStore } = await import('#store/postgres/store.ts');
  return {
    store: await openPostgresStore({ settings: store.settings.reveal() }),
    secretKeys: secretKeys.reveal(),
    writer: (batched) => ({ writer: { onBatch: timed(batched) } }),
  };
}

/** The writer lives in the thread that writes the file. */
async function openEmbedded(config: Config, log: Log, random: Random): Promise<OpenedStore> {
  // A new database gets its key first: one without the other could never be opened.
  if (config.store.kind === 'sqlite' && !existsSync(config.store.path)) secretKeysOf(config, random);
  const thread = new WriterThread();
  const path = config.store.kind === 'sqlite' ? config.store.path : ':memory:';
  const store = await openSqliteStore({ path, log, writing: thread.writing });
  try {
    // Of a database that is no directory the store says so before anybody asks for its key.
    const secretKeys = secretKeysOf(config, random);
    const writer: OpenedStore['writer'] = (batched) => ({
      committing: (onCommit) => thread.start(secretKeys, onCommit, { log, batched }),
    });
    return { store, secretKeys, writer };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function secretKeysOf({ secretKeys, store }: Config, random: Random): readonly Uint8Array[] {
  if (secretKeys) return secretKeys.reveal();
  return store.kind === 'sqlite' ? keysBeside(store.path, random) : [random.bytes(32)];
}

function timed(batched: (commands: number, ms: number) => void): (commands: number) => () => void {
  return (commands) => {
    const start = elapsedMs();
    return () => batched(commands, elapsedMs() - start);
  };
}
