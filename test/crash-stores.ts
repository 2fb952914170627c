import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parsePostgresUrl } from '#store/postgres/settings.ts';
import { openPostgresStore } from '#store/postgres/store.ts';
import { type Survivor, verifyFile, verifyStore } from './crash-verify.ts';
import type { Cluster } from './postgres/cluster.ts';
import { sharedCluster } from './postgres/shared-cluster.ts';
import { secretKey } from './stores.ts';

/** Where a program that is killed keeps its directory. */
export interface Place {
  /** The program's MUSTER_ variables. */
  readonly environment: Readonly<Record<string, string>> & { readonly MUSTER_STORE: string };
  /** What is left in it when nobody has it open. */
  verify(): Promise<ReadonlyMap<number, Survivor>>;
}

/** A kind of store whose users are killed, so many times. */
export interface CrashStore {
  readonly name: string;
  readonly kills: number;
  create(): Promise<Place>;
}

/** What a killed process leaves to a file is its own; PostgreSQL ends its transactions for it. */
export const crashStores: readonly CrashStore[] = [
  { name: 'the embedded store', kills: 25, create: newFile },
  { name: 'PostgreSQL', kills: 6, create: async () => placeIn(await sharedCluster()) },
];

async function newFile(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-crash-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'muster.db');
  return { environment: { MUSTER_STORE: `sqlite:${path}` }, verify: () => verifyFile(path) };
}

/** A new database of a cluster. */
export async function placeIn(cluster: Cluster): Promise<Place> {
  const url = await cluster.createDatabase();
  return {
    environment: { MUSTER_STORE: url, MUSTER_SECRET_KEY: secretKey },
    verify: () => verifyDatabase(cluster, url),
  };
}

/** Checks a database once what killed processes were at has ended, this way or that. */
export async function verifyDatabase(cluster: Cluster, url: string): Promise<ReadonlyMap<number, Survivor>> {
  const sessions = 'SELECT pid FROM pg_stat_activity WHERE datname = $1';
  const name = new URL(url).pathname.slice(1);
  while ((await cluster.query(sessions, [name])).length > 0) await sleep(10);
  const store = await openPostgresStore({ settings: parsePostgresUrl(url) });
  try {
    return await verifyStore(store);
  } finally {
    await store.close();
  }
}
