import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { nowMs } from '#bench/load/load.ts';
import { type Server, startServer } from '#bench/load/processes.ts';
import { NotAvailable } from '#bench/not-available.ts';
import { type Ids, readIds } from './ids.ts';
import type { Site, StoreKind } from './store-kinds.ts';

/** Opens every HTTP dialect of the servers that are measured. */
export const token = 'a-token-for-the-benchmark-alone';

const cli = join(import.meta.dirname, '../../src/muster.mjs');

/** A store with so many users, and nobody who serves it yet. */
export interface FilledStore {
  readonly name: string;
  readonly kind: StoreKind;
  readonly users: number;
  readonly seedPerSecond: number;
  serve(): Promise<Server>;
  remove(): Promise<void>;
}

/** A served store. */
export interface Served {
  readonly kind: StoreKind;
  readonly server: Server;
  /** The path of a file with the ids by which a dialect knows the people, one in each line. */
  idsOf(dialect: string): string;
}

/** A fresh store of that kind with so many plausible people; rejects with NotAvailable. */
export async function fill(kind: StoreKind, site: Site, users: number): Promise<FilledStore> {
  const name = `muster_${users}_${randomBytes(4).toString('hex')}`;
  const fresh = await kind.prepare(site, name);
  const environment = {
    ...fresh.environment,
    MUSTER_PORT: '0',
    MUSTER_ADMIN_TOKEN: token,
    MUSTER_LOG_LEVEL: 'warn',
  };
  const startedAt = nowMs();
  await seed(environment, users);
  const seedPerSecond = users / ((nowMs() - startedAt) / 1000);
  await fresh.settle();
  return {
    name,
    kind,
    users,
    seedPerSecond,
    serve: () => startServer([cli, 'serve'], environment),
    remove: fresh.remove,
  };
}

async function seed(environment: NodeJS.ProcessEnv, users: number): Promise<void> {
  const child = spawn(process.execPath, [cli, 'seed', '--users', String(users)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [complaint, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (status !== 0) throw new NotAvailable(complaint.trim().split('\n').at(-1) ?? 'The store could not be filled.');
}

/** Serves the store until everything is cleaned up. */
export async function serve(store: FilledStore, folder: string, cleanUp: AsyncDisposableStack): Promise<Served> {
  const files = await writeIds(store, folder);
  const server = await store.serve();
  cleanUp.defer(server.stop);
  const idsOf = (dialect: string): string => {
    const file = files.get(dialect);
    if (file === undefined) throw new Error(`There are no ids of ${dialect}.`);
    return file;
  };
  return { kind: store.kind, server, idsOf };
}

/** By dialect, the file of its ids. They are read from a server that ends then: what that took is not measured. */
async function writeIds(store: FilledStore, folder: string): Promise<ReadonlyMap<string, string>> {
  const server = await store.serve();
  const ids: Ids = await readIds(server.origin, token, store.users).finally(server.stop);
  const files = new Map<string, string>();
  for (const [dialect, list] of Object.entries(ids)) {
    const file = join(folder, `${store.name}-${store.kind.name}-${dialect}`);
    await writeFile(file, `${list.join('\n')}\n`);
    files.set(dialect, file);
  }
  return files;
}
