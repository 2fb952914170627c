import type { AddressInfo } from 'node:net';
import type { Directory } from '#core/directory.ts';
import type { Log, Random, Store } from '#core/ports.ts';
import { dialects } from '#dialects/index.ts';
import { compose, type Substitutes } from '#muster/compose.ts';
import { readConfig } from '#muster/config.ts';
import { cheapHasher, quietLog } from './directory.ts';
import { ManualClock, seededRandom } from './manual.ts';

/** A whole server on a port of its own, over a store in a temporary folder. */
export interface TestServer {
  /** `http://127.0.0.1:54321` */
  readonly origin: string;
  /** The administrator's, which opens every HTTP dialect. */
  readonly token: string;
  readonly password: string;
  readonly clock: ManualClock;
  readonly random: Random;
  readonly directory: Directory;
  readonly store: Store;
  close(): Promise<void>;
}

/** Starts a server with these MUSTER_ variables, limits, hasher and log besides; its clock stands still. */
export async function startServer(
  environment: Readonly<Record<string, string>> = {},
  { log = quietLog, ...given }: Pick<Substitutes, 'limits' | 'socketLimits' | 'hasher'> & { readonly log?: Log } = {},
): Promise<TestServer> {
  const [token, password] = ['an-administrator-token-for-tests', 'Adm1n!stration'];
  const variables: Readonly<Record<string, string>> = {
    MUSTER_STORE: 'sqlite::memory:',
    MUSTER_ADMIN_TOKEN: token,
    MUSTER_ADMIN_PASSWORD: password,
    ...environment,
  };
  const [clock, random] = [new ManualClock(), seededRandom()];
  const muster = await compose(readConfig([], variables, dialects), log, {
    hasher: cheapHasher,
    ...given,
    clock,
    random,
  });
  await muster.http.listen({ host: '127.0.0.1', port: 0 });
  const { port } = muster.http.server.address() as AddressInfo;
  return {
    origin: `${variables['MUSTER_TLS_CERT'] ? 'https' : 'http'}://127.0.0.1:${port}`,
    token,
    password,
    clock,
    random,
    directory: muster.directory,
    store: muster.store,
    close: () => muster.close(),
  };
}
