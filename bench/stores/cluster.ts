import { join } from 'node:path';
import { NotAvailable } from '#bench/not-available.ts';
import { outputOf } from '#bench/programs.ts';
import { findPostgres, settingsText, startPostgres } from './postgres.ts';

/** The one PostgreSQL that the store and the peers share, each in a database of its own. */
export class Cluster {
  /** Of PostgreSQL's programs. */
  readonly bin: string;
  readonly #url: string;

  private constructor(bin: string, url: string) {
    this.bin = bin;
    this.#url = url;
  }

  static async start(folder: string, cleanUp: AsyncDisposableStack): Promise<Cluster> {
    const bin = await findPostgres();
    if (bin === undefined) throw new NotAvailable('PostgreSQL is not installed: apt-get install postgresql');
    const { url, stop } = await startPostgres({ bin, folder: join(folder, 'postgres') });
    cleanUp.defer(stop);
    return new Cluster(bin, url);
  }

  /** A fresh database's URL. */
  async create(database: string): Promise<string> {
    await this.query(this.#url, `CREATE DATABASE ${database}`);
    return this.#url.replace(/\w+$/, database);
  }

  async drop(url: string): Promise<void> {
    await this.query(this.#url, `DROP DATABASE ${/\w+$/.exec(url)?.[0]}`);
  }

  /** What psql shows: a row in each line, without heads. */
  async query(url: string, ...statements: string[]): Promise<string> {
    const commands = statements.flatMap((statement) => ['-c', statement]);
    return await outputOf(join(this.bin, 'psql'), ['-qAtX', '-v', 'ON_ERROR_STOP=1', ...commands, url]);
  }

  /** How it keeps what it has acknowledged, and with which memory, in its own words. */
  async durability(): Promise<string> {
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method'];
    const shown = await this.query(this.#url, ...names.map((name) => `SHOW ${name}`));
    const values = shown.trim().split('\n');
    return [...names.map((name, i) => `${name}=${values[i]}`), settingsText].join(', ');
  }

  async version(): Promise<string> {
    return (await this.query(this.#url, 'SHOW server_version')).trim();
  }
}
