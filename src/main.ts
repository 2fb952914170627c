import { lookup } from 'node:dns/promises';
import type { FastifyInstance } from 'fastify';
import { ownerRecord } from '#core/commands/grant-ownership.ts';
import { DirectoryError } from '#core/errors.ts';
import { type Log, recordKey } from '#core/ports.ts';
import { dialects } from '#dialects/index.ts';
import { StoreOpenError } from '#store/errors.ts';
import type { Listeners } from '#transport/listeners.ts';
import { CertificateError, type CertificateFiles, readCertificate } from '#transport/tls.ts';
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

/** Serves until a signal comes: environment, configuration, composition, listening, signals. */
export async function serve(args: readonly string[]): Promise<void> {
  try {
    const config = readConfig(args, process.env, dialects);
    const log = createLog(config.logLevel);
    const muster = await compose(config, log);
    registerWelcome(muster.http, muster.dialects);
    const origin = await listen(muster, config);
    closeOnSignal(muster, log);
    if (config.tls) renewOnSignal(muster.listeners, config.tls, log);
    process.stdout.write(await startTextOf(muster, origin, config));
    await announce(muster.administrator, log);
    log.info({ origin, dialects: config.dialects }, 'serving');
  } catch (error) {
    fail(error);
  }
}

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

/** The first signal finishes what is in flight and ends with 0; one that comes later does not wait. */
function closeOnSignal(muster: Muster, log: Log): void {
  let closing = false;
  let insists = false;
  const onSignal = (signal: NodeJS.Signals): void => {
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
