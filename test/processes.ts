import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { idKey, type Store } from '#core/ports.ts';
import { type Child, startChild } from './child.ts';
import type { PostgresProxy } from './postgres/proxy.ts';
import type { TestDatabase } from './postgres/shared-store.ts';

/** What every process of a directory is given, so that tests need not read it from the first one's output. */
export const adminToken = 'an-administrator-token-for-tests';

const environment = {
  MUSTER_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  MUSTER_ADMIN_TOKEN: adminToken,
  MUSTER_ADMIN_PASSWORD: 'Adm1n!stration',
  MUSTER_PORT: '0',
};
const root = fileURLToPath(new URL('..', import.meta.url));

export interface ProcessOptions {
  readonly args?: readonly string[];
  /** Over what is the same for all; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The network between it and its database. */
  readonly proxy?: PostgresProxy;
}

/** Starts a server on this database, as a process of its own. */
export function startProcess(
  context: TestContext,
  { url }: Pick<TestDatabase, 'url'>,
  options: ProcessOptions = {},
): Child {
  const { args = [], env = {}, proxy } = options;
  const given = { ...environment, MUSTER_STORE: proxy ? proxy.through(url) : url, ...env };
  const present = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const command = [process.execPath, 'src/cli.ts', 'serve', ...args] as const;
  const child = startChild(context, command, { cwd: root, env: Object.fromEntries(present) });
  // Of one that is not to run nobody asks.
  child.running.catch(() => {});
  return child;
}

/** A request to the directory's own API, as its administrator unless another token is given. */
export async function ask(
  origin: string,
  operation: string,
  { body, token = adminToken }: { body?: unknown; token?: string } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const [method = '', path = ''] = operation.split(' ');
  const response = await fetch(`${origin}/directory/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

/** Asks again and again until it holds; rejects when it does not for longer than it ever may. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, forMs = 20_000): Promise<void> {
  for (let left = forMs; !(await holds()); left -= 20) {
    if (left < 0) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The given names that the history of a user has recorded, oldest first; by the directory's own id. */
export async function namesIn(store: Store, id: string): Promise<unknown[]> {
  const { ids } = await store.load({ ids: [{ dialect: 'directory', value: id }] });
  const changes = await store.changesOf('user', ids.get(idKey('directory', id)) ?? 0);
  return changes.flatMap(({ changes: each }) => each?.['profile.givenName']?.after ?? []);
}
