import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ownerRecord } from '#core/commands/grant-ownership.ts';
import { DirectoryError } from '#core/errors.ts';
import { type Log, recordKey } from '#core/ports.ts';
import { dialects } from '#dialects/index.ts';
import { StoreOpenError } from '#store/errors.ts';
import type { Listeners } from '#transport/listeners.ts';
import type { Metrics } from '#transport/metrics.ts';
import { CertificateError, type CertificateFiles, readCertificate } from '#transport/tls.ts';
import { Supervisor } from '#workers/supervisor.ts';
import { type Supervised, supervised } from '#workers/worker.ts';
import { compose, type Muster } from './compose.ts';
import { type Config, readConfig } from './config.ts';
import type { FirstAdministrator } from './first-start.ts';
import { createLog } from './log.ts';
import { ConfigError } from './settings.ts';
import { registerWelcome, startText } from './welcome.ts';

/** What `muster serve` ends with when it never got to serve. */
const exits = { failed: 1, misconfigured: 2 };

/** A start that failed for a reason that one line tells. */
class StartError extends Error {}

/** Serves until a signal comes: by itself, as one of several workers, or as the one that supervises them. */
export async function serve(args: readonly string[]): Promise<void> {
  try {
    const config = readConfig(args, process.env, dialects);
    const log = createLog(config.logLevel);
    const worker = supervised();
    if (config.workers > 1 && worker === undefined) process.exit(await supervise(args, config, log));
    await work(config, log, worker);
  } catch (error) {
    fail(error);
  }
}

async function supervise(args: readonly string[], { workers, tls, host, port }: Config, log: Log): Promise<number> {
  const [, program = ''] = process.argv;
  const show = (text: string): void => void process.stdout.write(text);
  // One port for all of them, for as long as this runs, even when all have died at once.
  const chosen = port === 0 ? ['--port', String(await freePort(host))] : [];
  const started = ['serve', ...args, ...chosen];
  return await new Supervisor({ workers, program, args: started, renews: tls !== undefined, show, log }).run();
}

/** 0 where nobody can listen: each worker says why. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen({ host, port: 0 });
  try {
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return 0;
  } finally {
    server.close();
  }
}

/** Composition, listening, signals. */
async function work(config: Config, log: Log, worker: Supervised | undefined): Promise<void> {
  const figuresOf = worker && ((metrics: Metrics) => worker.figuresWith(() => metrics.figures()));
  const muster = await compose(config, log, figuresOf ? { figuresOf } : {});
  registerWelcome(muster.http, muster.dialects);
  const origin = await listen(muster, config);
  const close = closeOnSignal(muster, log);
  if (config.tls) renewOnSignal(muster.listeners, config.tls, log);
  const text = await startTextOf(muster, origin, config);
  const { administrator, listeners } = muster;
  if (worker === undefined) {
    process.stdout.write(text);
    await announce(administrator, log);
  } else {
    worker.onShown(() => void announce(administrator, log).catch(fail));
    worker.onLeave(() => {
      listeners.leave();
      setTimeout(() => close('leave'), leavingMs);
    });
    worker.serving({ text, isNews: administrator !== undefined });
  }
  log.info({ origin, dialects: config.dialects }, 'serving');
}

/** How long clients are asked to come over another connection, before those that stay idle are closed. */
const leavingMs = 1000;

async function announce(administrator: FirstAdministrator | undefined, log: Log): Promise<void> {
  if (administrator === undefined || (await administrator.announced())) return;
  log.warn({}, 'another process has made another password and token since: those that were shown open nothing');
}

async function startTextOf(muster: Muster, listening: string, { store, publicUrl }: Config): Promise<string> {
  const { dialects } = muster;
  const owner = (await muster.store.load({ records: [ownerRecord] })).records.get(recordKey(ownerRecord))?.owner ?? 0;
  const administratorIds = (await muster.store.load({ users: [owner] })).users.get(owner)?.ids ?? {};
  const origin = publicUrl ?? listening;
  const { administrator } = muster;
  return startText({ origin, listening, store, dialects, administrator, administratorIds });
}

async function listen(muster: Muster, config: Config): Promise<string> {
  try {
    await muster.http.listen({ host: config.host, port: config.port });
    await muster.listeners.listenAlso(await alsoNamed(config.host));
    return originOf(muster.http, config);
  } catch (error) {
    await muster.close();
    throw new StartError(whyNot(error as NodeJS.ErrnoException, config), { cause: error });
  }
}

/** Clients of `localhost` take any of its addresses, so all of them are served. */
async function alsoNamed(host: string): Promise<string[]> {
  if (host !== 'localhost') return [];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function originOf(http: FastifyInstance, { tls }: Config): string {
  const address = http.server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no address.');
  // Every address of the machine is no address to point a client at.
  const host = address.address.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1');
  return `${tls ? 'https' : 'http'}://${address.family === 'IPv6' ? `[${host}]` : host}:${address.port}`;
}

function whyNot(error: NodeJS.ErrnoException, { host, port }: Config): string {
  const where = `${host}:${port}`;
  if (error.code === 'EADDRINUSE') return `${where} is in use; stop what uses it, or choose another port with --port.`;
  if (error.code === 'EACCES') return `This user may not listen on ${where}; choose a port over 1023 with --port.`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return `${host} is no address of this machine.`;
  return `Cannot listen on ${where}: ${error.message}`;
}

/** How long after the first signal a second one is taken for the same: npm and the terminal both send Ctrl-C. */
const echoMs = 1000;

/** The first signal finishes what is in flight and ends with 0; one that comes later does not wait. Answers what it does. */
function closeOnSignal(muster: Muster, log: Log): (why: NodeJS.Signals | 'leave') => void {
  let closing = false;
  let insists = false;
  const onSignal = (signal: NodeJS.Signals | 'leave'): void => {
    if (insists) process.exit(exits.failed);
    if (closing) return;
    closing = true;
    setTimeout(() => {
      insists = true;
    }, echoMs).unref();
    log.info({ signal }, 'closing');
    muster.close().then(
      () => {
        log.info({}, 'closed');
        process.exit(0);
      },
      (error) => {
        log.error({ err: error }, 'closing failed');
        process.exit(exits.failed);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return onSignal;
}

/** The next connections get the certificate that is there by then; one that is wrong leaves the old one in place. */
function renewOnSignal(listeners: Listeners, files: CertificateFiles, log: Log): void {
  process.on('SIGHUP', () => {
    try {
      const certificate = readCertificate(files);
      listeners.renew(certificate);
      log.info({ validTo: certificate.validTo }, 'the certificate has been read again');
    } catch (error) {
      log.error({ err: error }, 'the certificate could not be read again; the old one stays');
    }
  });
}

export function fail(error: unknown): never {
  const kinds = [ConfigError, CertificateError, StartError, StoreOpenError, DirectoryError];
  const expected = kinds.some((kind) => error instanceof kind);
  const { message, stack } = error as Error;
  process.stderr.write(`muster: ${expected ? message : stack}\n`);
  const isMisconfigured = error instanceof ConfigError || error instanceof CertificateError;
  process.exit(isMisconfigured ? exits.misconfigured : exits.failed);
}
