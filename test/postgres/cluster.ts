import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { postgresFolder } from './binaries.ts';
import { type KeptProcess, newFolder, runKept, startKept } from './kept-process.ts';
import { freePort } from './port.ts';
import { killTree } from './process-tree.ts';
import { freeSharedMemory, lockFileOf } from './shared-memory.ts';

/** Settings of PostgreSQL by their names. */
export type ClusterSettings = Readonly<Record<string, string | number | boolean>>;

/** What `startCluster` is asked for. */
export interface ClusterOptions {
  /** See `suiteVersion`, which is the default. */
  readonly version?: string;
  /** Whether commits reach the disk. Without, only a crash of the whole machine would lose any: tests are faster. */
  readonly durable?: boolean;
  readonly settings?: ClusterSettings;
}

/** A PostgreSQL of this process alone, at 127.0.0.1. It and its files go with the process, however that ends. */
export interface Cluster {
  readonly port: number;
  /** The folder of `postgres` and its other programs. */
  readonly programs: string;
  readonly dataFolder: string;
  /** The pid of the server; throws when it does not run. */
  readonly pid: () => number;
  /** What it has logged. */
  readonly log: () => string;
  /** The URL of a database, as the superuser. */
  readonly url: (database?: string) => string;
  /** Makes a new database and answers its URL. */
  readonly createDatabase: (name?: string) => Promise<string>;
  /** Removes the database of this URL, also while it is used. */
  readonly dropDatabase: (url: string) => Promise<void>;
  /** Runs one statement as the superuser on a connection of its own. */
  readonly query: <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** Changes settings that need no restart; resolves when new statements find them. */
  readonly set: (settings: ClusterSettings) => Promise<void>;
  /**
   * Ends the server: with SIGKILL it and all its processes at once, as if the machine lost power; with SIGINT as an
   * administrator would, after disconnecting everybody; with SIGQUIT without a checkpoint. Its files stay.
   */
  readonly kill: (signal?: 'SIGKILL' | 'SIGINT' | 'SIGQUIT') => Promise<void>;
  /** Starts it again, on the same files and port; resolves when it takes connections. */
  readonly start: () => Promise<void>;
  /** Ends it for good and removes its files. */
  readonly stop: () => Promise<void>;
}

const startMs = 60_000;

const testSettings: ClusterSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 60,
  shared_buffers: '16MB',
  // Files that go with the data folder, where POSIX shared memory would outlive a server that is killed.
  dynamic_shared_memory_type: 'mmap',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const careless: ClusterSettings = { fsync: false, full_page_writes: false };

/** Makes a new, empty PostgreSQL and starts it: UTF-8, sorted by bytes, with no password for anybody on this machine. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const programs = await postgresFolder(options.version);
  const dataFolder = await newFolder('cluster');
  const how = [
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  await runKept(join(programs, 'initdb'), [`--pgdata=${dataFolder}`, ...how], `${dataFolder}.log`);
  writeSettings(dataFolder, { ...testSettings, ...(options.durable ? {} : careless), ...options.settings });
  return startOnFolder(programs, dataFolder);
}

/** Adds to the settings in a data folder whose server does not run. */
export function writeSettings(dataFolder: string, settings: ClusterSettings): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}\n`);
  // The last value counts, and this file is read after the other one.
  appendFileSync(join(dataFolder, 'postgresql.auto.conf'), lines.join(''));
}

/** Starts a PostgreSQL on a data folder that has been prepared. */
export async function startOnFolder(programs: string, dataFolder: string): Promise<Cluster> {
  const [server, port] = await startOnFreePort(programs, dataFolder);
  return new RunningCluster(programs, dataFolder, port, server);
}

class RunningCluster implements Cluster {
  readonly programs: string;
  readonly dataFolder: string;
  readonly port: number;
  #server: KeptProcess | undefined;
  #databases = 0;

  constructor(programs: string, dataFolder: string, port: number, server: KeptProcess) {
    this.programs = programs;
    this.dataFolder = dataFolder;
    this.port = port;
    this.#server = server;
  }

  readonly pid = (): number => {
    if (this.#server === undefined) throw new Error('The cluster does not run.');
    return this.#server.pid;
  };

  readonly log = (): string => readFileSync(`${this.dataFolder}.log`, 'utf8');

  readonly url = (database = 'postgres'): string => `postgres://postgres@127.0.0.1:${this.port}/${database}`;

  readonly createDatabase = async (name?: string): Promise<string> => {
    this.#databases += 1;
    const database = name ?? `test_${this.#databases}`;
    await this.query(`CREATE DATABASE "${database}"`);
    return this.url(database);
  };

  readonly dropDatabase = async (url: string): Promise<void> => {
    await this.query(`DROP DATABASE IF EXISTS "${new URL(url).pathname.slice(1)}" WITH (FORCE)`);
  };

  readonly query = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const client = new Client({ connectionString: this.url() });
    // Whoever ends the server while this runs is told by the statement.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  };

  readonly set = async (settings: ClusterSettings): Promise<void> => {
    const [before] = await this.query<{ at: string }>('SELECT pg_conf_load_time()::text AS at');
    for (const [name, value] of Object.entries(settings)) {
      await this.query(`ALTER SYSTEM SET ${name} = ${quote(value)}`);
    }
    await this.query('SELECT pg_reload_conf()');
    const isLoaded = 'SELECT pg_conf_load_time() > $1::timestamptz AS done';
    while (!(await this.query<{ done: boolean }>(isLoaded, [before?.at]))[0]?.done) await sleep(5);
  };

  readonly kill = async (signal: 'SIGKILL' | 'SIGINT' | 'SIGQUIT' = 'SIGKILL'): Promise<void> => {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    if (signal === 'SIGKILL') await killTree(server.pid);
    else process.kill(server.pid, signal);
    await server.ended;
  };

  readonly start = async (): Promise<void> => {
    if (this.#server !== undefined) return;
    const server = await tryPort(this.programs, this.dataFolder, this.port);
    if (server === undefined) throw new Error(`The port ${this.port} has been taken by somebody else.`);
    this.#server = server;
  };

  readonly stop = async (): Promise<void> => {
    await this.kill('SIGQUIT');
    freeSharedMemory(this.dataFolder);
    rmSync(this.dataFolder, { recursive: true, force: true, maxRetries: 5 });
    rmSync(`${this.dataFolder}.log`, { force: true });
  };
}

async function startOnFreePort(programs: string, dataFolder: string): Promise<[KeptProcess, number]> {
  for (;;) {
    const port = await freePort();
    const server = await tryPort(programs, dataFolder, port);
    if (server !== undefined) return [server, port];
  }
}

/** Starts the server; answers nothing when somebody else has taken the port. */
async function tryPort(programs: string, dataFolder: string, port: number): Promise<KeptProcess | undefined> {
  const log = `${dataFolder}.log`;
  const before = existsSync(log) ? readFileSync(log, 'utf8').length : 0;
  const server = await startKept(join(programs, 'postgres'), ['-D', dataFolder, '-p', `${port}`], log);
  let ended: string | undefined;
  server.ended.then((how) => {
    ended = how;
  });
  for (let waited = 0; waited < startMs && ended === undefined; waited += 10) {
    const [pid, , , , , , , state = ''] = lockFileOf(dataFolder);
    // The server says so itself; a lock file of one that was killed has another pid, or is rewritten first.
    if (pid === `${server.pid}` && /^(ready|standby)/.test(state)) return server;
    await sleep(10);
  }
  const said = readFileSync(log, 'utf8').slice(before);
  if (ended !== undefined && said.includes('Address already in use')) return undefined;
  await killTree(server.pid);
  throw new Error(`PostgreSQL does not start (${ended ?? 'no answer'}): ${said}`);
}

function quote(value: string | number | boolean): string {
  return `'${String(value).replaceAll("'", "''")}'`;
}
