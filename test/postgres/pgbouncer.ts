import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from './binaries.ts';
import type { Cluster, ClusterSettings } from './cluster.ts';
import { type KeptProcess, newFolder, startKept } from './kept-process.ts';
import { freePort } from './port.ts';
import { killTree } from './process-tree.ts';

/** Debian's PgBouncer: tests that need it are skipped without. */
export const pgBouncer = findTool('pgbouncer');

/** A PgBouncer of this process alone; it and its files go with the process. */
export interface PgBouncer {
  readonly port: number;
  /** The same database, through the PgBouncer. */
  readonly through: (url: string) => string;
  readonly stop: () => Promise<void>;
}

const startMs = 20_000;

/** Starts a PgBouncer before a cluster: in transaction mode, with few server connections, and with no passwords. */
export async function startPgBouncer(cluster: Cluster, settings: ClusterSettings = {}): Promise<PgBouncer> {
  const folder = await newFolder('pgbouncer');
  const [server, port] = await startOnFreePort(folder, cluster, settings);
  return {
    port,
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    stop: async () => {
      await killTree(server.pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startOnFreePort(
  folder: string,
  cluster: Cluster,
  settings: ClusterSettings,
): Promise<[KeptProcess, number]> {
  const [file, log] = [join(folder, 'pgbouncer.ini'), join(folder, 'log')];
  for (;;) {
    const port = await freePort();
    writeFileSync(file, configuration(cluster, { ...bouncerSettings, listen_port: port, ...settings }));
    writeFileSync(log, '');
    const server = await startKept(pgBouncer.path, [file], log);
    const said = await untilUp(server, log);
    if (said.includes('process up:')) return [server, port];
    await killTree(server.pid);
    if (!said.includes('Address already in use')) throw new Error(`PgBouncer does not start: ${said}`);
  }
}

const bouncerSettings: ClusterSettings = {
  listen_addr: '127.0.0.1',
  unix_socket_dir: '',
  auth_type: 'any',
  pool_mode: 'transaction',
  default_pool_size: 4,
  max_client_conn: 200,
};

function configuration(cluster: Cluster, settings: ClusterSettings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const target = `* = host=127.0.0.1 port=${cluster.port} user=postgres`;
  return ['[databases]', target, '[pgbouncer]', ...lines, ''].join('\n');
}

/** What it has logged when it is up, has ended, or has done neither for long. */
async function untilUp(server: KeptProcess, log: string): Promise<string> {
  let hasEnded = false;
  server.ended.then(() => {
    hasEnded = true;
  });
  for (let waited = 0; waited < startMs && !hasEnded; waited += 10) {
    const said = readFileSync(log, 'utf8');
    if (said.includes('process up:')) return said;
    await sleep(10);
  }
  return readFileSync(log, 'utf8');
}
