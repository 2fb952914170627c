import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { createSealer } from '#auth/aes-sealer.ts';
import { type BoundedHasher, createHasher } from '#auth/argon-hasher.ts';
import { observedGuard } from '#auth/observed-guard.ts';
import { elapsedMs, systemClock } from '#auth/system-clock.ts';
import { systemRandom } from '#auth/system-random.ts';
import { TokenGuard } from '#auth/token-guard.ts';
import { DirectoryError } from '#core/errors.ts';
import { fieldTableOf } from '#core/extension.ts';
import { NewsFollower } from '#core/news-follower.ts';
import type { Clock, Log, Random, Store } from '#core/ports.ts';
import { RunningDirectory } from '#core/running-directory.ts';
import type { Dialect, DialectHost } from '#dialects/dialect.ts';
import { extensions } from '#dialects/extensions.ts';
import { dialects as allDialects } from '#dialects/index.ts';
import { addressOf, originOf, type Proxies, trustedProxies } from '#transport/forwarded.ts';
import { registerHealth } from '#transport/health.ts';
import { createHttp } from '#transport/http.ts';
import type { Limits } from '#transport/limits.ts';
import { Listeners } from '#transport/listeners.ts';
import { Metrics } from '#transport/metrics.ts';
import { measure, registerMetrics } from '#transport/metrics-route.ts';
import { requestIds } from '#transport/request-ids.ts';
import type { SocketLimits } from '#transport/socket-connection.ts';
import { readCertificate } from '#transport/tls.ts';
import { createSocketServer, type SocketServer } from '#transport/web-socket-server.ts';
import type { Config } from './config.ts';
import { addFigures } from './figures.ts';
import { type FirstAdministrator, firstStart } from './first-start.ts';
import { carriersOf, startOutbox } from './open-outbox.ts';
import { openStore } from './open-store.ts';

/** A whole server, ready to listen. */
export interface Muster {
  readonly http: FastifyInstance;
  readonly dialects: readonly Dialect[];
  readonly directory: RunningDirectory;
  readonly store: Store;
  /** On the first start alone. */
  readonly administrator: FirstAdministrator | undefined;
  /** What it listens with. */
  readonly listeners: Listeners;
  /** Finishes what is in flight, answers it, and closes the store. */
  close(): Promise<void>;
}

/** What is put in the place of the machine's own, and of what one process alone would do. */
export interface Substitutes {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly hasher?: BoundedHasher;
  readonly limits?: Partial<Limits>;
  readonly socketLimits?: Partial<SocketLimits>;
  /** What `/metrics` answers, where it is more than what this process counts. */
  readonly figuresOf?: (metrics: Metrics) => () => Promise<string>;
}

/** Constructs everything: the only place that does. Rejects with an error whose message is one line to be shown. */
export async function compose(config: Config, log: Log, substitutes: Substitutes = {}): Promise<Muster> {
  const { clock = systemClock, random = systemRandom, hasher = createHasher() } = substitutes;
  const dialects = allDialects.filter(({ name }) => config.dialects.includes(name));
  const wire = wireOf(config, substitutes);
  const { listeners, metrics } = wire;
  const { store, secretKeys, writer } = await openStore(config, log, random);
  let follower: NewsFollower | undefined;
  try {
    const sealer = createSealer(secretKeys, random);
    const carriers = carriersOf(config, clock);
    const ports = { store, hasher, sealer, clock, random, log };
    const realmIds = Object.fromEntries(allDialects.flatMap(({ name, realmIds: ids }) => (ids ? [[name, ids]] : [])));
    const directory = new RunningDirectory({
      ...ports,
      table: fieldTableOf(extensions),
      idSchemes: Object.fromEntries(allDialects.map(({ name, ids }) => [name, ids])),
      delivers: [...carriers.keys()],
      realmIds,
      observer: metrics,
      ...writer((commands, ms) => metrics.committed(commands, ms)),
    });
    follower = followerOf(store, directory, log);
    await follower?.start();
    const guard = observedGuard(new TokenGuard({ ...ports, directory, confirming: follower }), metrics);
    const administrator = await firstStart(givenAdministrator(config), { ...ports, directory, realmIds });
    const stopPruning = pruneHourly(store, clock, log);
    const { http, sockets } = await serve(dialects, { ...ports, directory, guard }, wire, config);
    const { connections } = listeners;
    const outbox = startOutbox(carriers, directory, ports);
    addFigures(metrics, { connections, sockets, directory, outbox, store: config.store, hashing: hasher.waiting });
    const close = async (): Promise<void> => {
      stopPruning();
      await sockets.close();
      await http.close();
      await directory.close();
      await outbox.stop();
      await follower?.stop();
      await store.close();
    };
    return { http, listeners, dialects, directory, store, administrator, close };
  } catch (error) {
    await follower?.stop();
    await store.close();
    throw error;
  }
}

/** What tells of other processes' commits, where there can be any. */
function followerOf(store: Store, directory: RunningDirectory, log: Log): NewsFollower | undefined {
  if (store.news === undefined) return undefined;
  const news = store.news.bind(store);
  return new NewsFollower({ store: { news }, tell: (commit) => directory.announce(commit), elapsedMs, log });
}

type ServingPorts = Omit<DialectHost, 'http' | 'sockets' | 'originOf' | 'publicUrl' | 'setting' | 'dialects'> & {
  readonly store: Store;
};

/** What is between the dialects and the wire. */
interface Wire {
  readonly listeners: Listeners;
  readonly proxies: Proxies;
  readonly metrics: Metrics;
  readonly figures: () => Promise<string>;
  readonly socketLimits: Partial<SocketLimits>;
}

function wireOf({ tls, trustedProxies: trusted }: Config, substitutes: Substitutes): Wire {
  const { limits = {}, socketLimits = {}, figuresOf } = substitutes;
  const metrics = new Metrics(elapsedMs);
  const figures = figuresOf?.(metrics) ?? (() => metrics.text());
  const proxies = trustedProxies(trusted);
  const listeners = new Listeners({ proxies, limits, ...(tls ? { certificate: readCertificate(tls) } : {}) });
  return { listeners, proxies, metrics, figures, socketLimits };
}

async function serve(
  dialects: readonly Dialect[],
  ports: ServingPorts,
  wire: Wire,
  config: Config,
): Promise<{ http: FastifyInstance; sockets: SocketServer }> {
  const { store, ...host } = ports;
  const { log } = ports;
  const { listeners, proxies, metrics, socketLimits } = wire;
  const nextRequestId = requestIds(ports.random.bytes(6));
  const http = createHttp({
    log,
    nextRequestId,
    refuseBody: (reason, message) => new DirectoryError('invalid_argument', message, { reason }),
    caseInsensitive: dialects.flatMap(({ pathsIgnoringCase }) => pathsIgnoringCase ?? []),
    listeners,
    proxies,
  });
  const sockets = createSocketServer({
    requestId: nextRequestId,
    onFault: (error, path) => log.error({ err: error, path }, 'a socket failed'),
    addressOf: (request) => addressOf(request, proxies),
    isRefused: (socket) => listeners.connections.isRefused(socket),
    measure: (path) => metrics.messagesOf(path),
    limits: socketLimits,
  });
  sockets.attach(http.server);
  registerHealth(http, () => store.check());
  const { readers, token } = config.metrics;
  const access = { loopbackOnly: readers === 'loopback', ...(token ? { token: token.reveal() } : {}) };
  if (readers !== 'off') registerMetrics(http, wire.figures, access);
  const originFor = (request: IncomingMessage) => config.publicUrl ?? originOf(request, proxies);
  for (const dialect of dialects) {
    const setting = (name: string) => config.settings[`${dialect.name.toUpperCase()}_${name}`]?.reveal();
    await http.register(async (context) => {
      measure(context, metrics.requestsOf(dialect.name));
      await dialect.register({
        ...host,
        http: context,
        sockets,
        originOf: originFor,
        publicUrl: config.publicUrl,
        setting,
        dialects,
      });
    });
  }
  return { http, sockets };
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
