import { existsSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { createSealer } from '#auth/aes-sealer.ts';
import { createHasher } from '#auth/argon-hasher.ts';
import { keysBeside } from '#auth/secret-keys.ts';
import { systemClock } from '#auth/system-clock.ts';
import { systemRandom } from '#auth/system-random.ts';
import { TokenGuard } from '#auth/token-guard.ts';
import { DirectoryError } from '#core/errors.ts';
import { type ExtensionFields, FieldTable } from '#core/fields.ts';
import type { Clock, Hasher, Log, Random, Sealer, Store } from '#core/ports.ts';
import { RunningDirectory } from '#core/running-directory.ts';
import type { Dialect } from '#dialects/dialect.ts';
import { dialects as allDialects } from '#dialects/index.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import { registerHealth } from '#transport/health.ts';
import { createHttp } from '#transport/http.ts';
import { requestIds } from '#transport/request-ids.ts';
import { createSocketServer, type SocketServer } from '#transport/web-socket-server.ts';
import type { Config } from './config.ts';
import { type FirstAdministrator, firstStart } from './first-start.ts';

/** A whole server, ready to listen. */
export interface Muster {
  readonly http: FastifyInstance;
  readonly dialects: readonly Dialect[];
  readonly directory: RunningDirectory;
  readonly store: Store;
  /** On the first start alone. */
  readonly administrator: FirstAdministrator | undefined;
  /** Finishes what is in flight, answers it, and closes the store. */
  close(): Promise<void>;
}

/** What tests put in the place of the machine's own. */
export interface Substitutes {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly hasher?: Hasher;
}

/** Constructs everything: the only place that does. Rejects with an error whose message is one line to be shown. */
export async function compose(config: Config, log: Log, substitutes: Substitutes = {}): Promise<Muster> {
  const { clock = systemClock, random = systemRandom, hasher = createHasher() } = substitutes;
  const dialects = allDialects.filter(({ name }) => config.dialects.includes(name));
  if (isNew(config)) secretKeysOf(config, random);
  const store = await openSqliteStore({ path: config.store.kind === 'memory' ? ':memory:' : config.store.path, log });
  try {
    // Of a database that is no directory the store says so before anybody asks for its key.
    const sealer = createSealer(secretKeysOf(config, random), random);
    const ports = { store, hasher, sealer, clock, random, log };
    const directory = new RunningDirectory({
      ...ports,
      table: new FieldTable(extensionsOf(allDialects)),
      idSchemes: Object.fromEntries(allDialects.map(({ name, ids }) => [name, ids])),
      delivers: false,
    });
    const guard = new TokenGuard({ ...ports, directory });
    const realmIds = Object.fromEntries(allDialects.flatMap(({ name, realmIds: ids }) => (ids ? [[name, ids]] : [])));
    const administrator = await firstStart(givenAdministrator(config), { ...ports, directory, realmIds });
    const stopPruning = pruneHourly(store, clock, log);
    const { http, sockets } = await serve(dialects, { ...ports, directory, guard }, config);
    const close = async (): Promise<void> => {
      stopPruning();
      await sockets.close();
      await http.close();
      await directory.close();
      await store.close();
    };
    return { http, dialects, directory, store, administrator, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface ServingPorts {
  readonly store: Store;
  readonly directory: RunningDirectory;
  readonly guard: TokenGuard;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

async function serve(
  dialects: readonly Dialect[],
  ports: ServingPorts,
  config: Config,
): Promise<{ http: FastifyInstance; sockets: SocketServer }> {
  const { log, random, clock, store } = ports;
  const nextRequestId = requestIds(random.bytes(6));
  const http = createHttp({
    log,
    nextRequestId,
    refuseBody: (reason, message) => new DirectoryError('invalid_argument', message, { reason }),
    caseInsensitive: dialects.flatMap(({ pathsIgnoringCase }) => pathsIgnoringCase ?? []),
  });
  const onFault = (error: unknown, path: string) => log.error({ err: error, path }, 'a socket failed');
  const sockets = createSocketServer({ requestId: nextRequestId, onFault });
  sockets.attach(http.server);
  registerHealth(http, () => store.check());
  for (const dialect of dialects) {
    const setting = (name: string) => config.settings[`${dialect.name.toUpperCase()}_${name}`]?.reveal();
    await http.register(async (context) => {
      await dialect.register({ ...ports, clock, http: context, sockets, setting, dialects });
    });
  }
  return { http, sockets };
}

/** A new database gets its key first: one without the other could never be opened. */
function isNew({ store }: Config): boolean {
  return store.kind === 'sqlite' && !existsSync(store.path);
}

function secretKeysOf({ secretKeys, store }: Config, random: Random): readonly Uint8Array[] {
  if (secretKeys) return secretKeys.reveal();
  return store.kind === 'memory' ? [random.bytes(32)] : keysBeside(store.path, random);
}

function extensionsOf(dialects: readonly Dialect[]): ExtensionFields {
  const rows = dialects.flatMap(({ name, extensions = {} }) =>
    Object.entries(extensions).map(([field, row]) => [`${name}.${field}`, row] as const),
  );
  return Object.fromEntries(rows);
}

function givenAdministrator({ administrator: { username, password, token } }: Config) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password ? { password: password.reveal() } : {}),
    ...(token ? { token: token.reveal() } : {}),
  };
}

const hourMs = 3_600_000;

function pruneHourly(store: Store, clock: Clock, log: Log): () => void {
  const prune = () => store.prune(clock.now()).catch((error: unknown) => log.warn({ err: error }, 'pruning failed'));
  const timer = setInterval(() => void prune(), hourMs).unref();
  return () => clearInterval(timer);
}
