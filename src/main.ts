import type { FastifyInstance } from 'fastify';
import { ownerRecord } from '#core/commands/grant-ownership.ts';
import { DirectoryError } from '#core/errors.ts';
import { type Log, recordKey } from '#core/ports.ts';
import { dialects } from '#dialects/index.ts';
import { StoreOpenError } from '#store/sqlite/open-error.ts';
import { compose, type Muster } from './compose.ts';
import { type Config, readConfig } from './config.ts';
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
    process.stdout.write(await startTextOf(muster, origin, config));
    await muster.administrator?.announced();
    log.info({ origin, dialects: config.dialects }, 'serving');
  } catch (error) {
    fail(error);
  }
}

async function startTextOf(muster: Muster, origin: string, { store }: Config): Promise<string> {
  const { dialects } = muster;
  const owner = (await muster.store.load({ records: [ownerRecord] })).records.get(recordKey(ownerRecord))?.owner ?? 0;
  const administratorIds = (await muster.store.load({ users: [owner] })).users.get(owner)?.ids ?? {};
  return startText({ origin, store, dialects, administrator: muster.administrator, administratorIds });
}

async function listen(muster: Muster, config: Config): Promise<string> {
  try {
    await muster.http.listen({ host: config.host, port: config.port });
    return originOf(muster.http);
  } catch (error) {
    await muster.close();
    throw new StartError(whyNot(error as NodeJS.ErrnoException, config), { cause: error });
  }
}

function originOf(http: FastifyInstance): string {
  const address = http.server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no address.');
  // Every address of the machine is no address to point a client at.
  const host = address.address.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1');
  return `http://${address.family === 'IPv6' ? `[${host}]` : host}:${address.port}`;
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

export function fail(error: unknown): never {
  const expected = [ConfigError, StartError, StoreOpenError, DirectoryError].some((kind) => error instanceof kind);
  const { message, stack } = error as Error;
  process.stderr.write(`muster: ${expected ? message : stack}\n`);
  process.exit(error instanceof ConfigError ? exits.misconfigured : exits.failed);
}
