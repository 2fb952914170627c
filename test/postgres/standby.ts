import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Cluster, startOnFolder, writeSettings } from './cluster.ts';
import { giveAway, newFolder } from './kept-process.ts';

/** A cluster that follows another one, its primary, and can take its place. */
export interface Standby extends Cluster {
  /** Makes it a primary; resolves when it takes writes. It waits for no standby of its own. */
  readonly promote: () => Promise<void>;
}

/** What `startStandby` is asked for. */
export interface StandbyOptions {
  /** How its primary calls it: lower-case letters, digits and underscores. */
  readonly name?: string;
  /** Whether the primary acknowledges no commit that this standby does not have. Without, it just follows. */
  readonly synchronous?: boolean;
}

/** Copies a running cluster and starts the copy as its standby; resolves when it has caught up. */
export async function startStandby(primary: Cluster, options: StandbyOptions = {}): Promise<Standby> {
  const { name = 'standby', synchronous = true } = options;
  const dataFolder = await copyOf(primary, name);
  writeSettings(dataFolder, {
    primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`,
    primary_slot_name: name,
    // How long it waits before it asks its primary again; the default is 5 s.
    wal_retrieve_retry_interval: '50ms',
    synchronous_standby_names: '',
  });
  writeOwned(join(dataFolder, 'standby.signal'), '');
  const cluster = await startOnFolder(primary.programs, dataFolder);
  if (synchronous) await primary.set({ synchronous_standby_names: name, synchronous_commit: 'on' });
  await untilState(primary, name, synchronous ? 'sync' : 'async');
  return Object.assign(cluster, { promote: () => promote(cluster) });
}

/** Makes a base backup: the files as they are while the server runs, from which its log makes a whole. */
async function copyOf(primary: Cluster, name: string): Promise<string> {
  const folder = await newFolder('standby');
  const session = new Client({ connectionString: primary.url() });
  await session.connect();
  try {
    // The slot keeps what has been logged since then, for the standby to fetch.
    await session.query('SELECT pg_create_physical_replication_slot($1, true)', [name]);
    await session.query('SELECT pg_backup_start($1, true)', [name]);
    copyFiles(primary.dataFolder, folder);
    const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    writeOwned(join(folder, 'backup_label'), rows[0]?.labelfile ?? '');
    return folder;
  } finally {
    await session.end();
  }
}

/** What belongs to the server that runs, and not to its data. */
const left =
  /^postmaster\.|^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\//;

function copyFiles(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    const path = join(relative(from, entry.parentPath), entry.name);
    const copy = join(to, path);
    if (left.test(path)) continue;
    if (entry.isDirectory()) mkdirSync(copy, { mode: 0o700 });
    else if (!copyFile(join(from, path), copy)) continue;
    giveAway(copy);
  }
}

/** Answers false for a file that the server has removed meanwhile; its log says so, too. */
function copyFile(from: string, to: string): boolean {
  try {
    copyFileSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function writeOwned(path: string, text: string): void {
  writeFileSync(path, text);
  giveAway(path);
}

async function untilState(primary: Cluster, name: string, state: string): Promise<void> {
  const sql = "SELECT sync_state FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'";
  for (let waited = 0; waited < 60_000; waited += 20) {
    const [row] = await primary.query<{ sync_state: string }>(sql, [name]);
    if (row?.sync_state === state) return;
    await sleep(20);
  }
  throw new Error(`The standby does not follow: ${primary.log().slice(-2000)}`);
}

async function promote(standby: Cluster): Promise<void> {
  const [row] = await standby.query<{ promoted: boolean }>('SELECT pg_promote(true, 60) AS promoted');
  if (!row?.promoted) throw new Error(`The standby has not been promoted: ${standby.log().slice(-2000)}`);
}
