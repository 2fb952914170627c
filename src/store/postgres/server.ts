import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { times } from './connections.ts';
import { ConnectionLost, stateOf } from './failure.ts';
import type { Host, PostgresSettings } from './settings.ts';

/** A connection to a server that takes writes, and the timeline that it writes: each promotion begins another one. */
interface Opened {
  readonly connection: Connection;
  readonly timeline: number;
}

const tooManyConnections = '53300';

/**
 * Opens connections, with several hosts to the one that takes writes. While none can be had, everybody is told so at
 * once, and it tries again by itself: nobody waits for a server that is known to be away.
 */
export class Server {
  readonly #settings: PostgresSettings;
  readonly #closing = new AbortController();
  #away: { readonly reason: unknown } | undefined;
  #newest = 0;
  #opened: Opened[] = [];

  constructor(settings: PostgresSettings) {
    this.#settings = settings;
  }

  /** Rejects with a ConnectionLost, or PostgreSQL's own error, when no host answers within `timeMs`. */
  async open(timeMs: number = times.connectMs): Promise<Connection> {
    if (this.#away) throw this.#away.reason;
    try {
      return await this.#connect(timeMs);
    } catch (error) {
      // A server that takes no more connections answers through those that there are.
      if (stateOf(error) !== tooManyConnections) {
        if (!this.#away) void this.#waitForIt();
        this.#away = { reason: error };
      }
      throw error;
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async #connect(timeMs: number): Promise<Connection> {
    const { hosts } = this.#settings;
    const [first] = hosts;
    if (first && hosts.length === 1) return await Connection.open(first, this.#settings, timeMs);
    const opened = await this.#writable(hosts, timeMs);
    this.#follow(opened);
    return opened.connection;
  }

  /**
   * The first host that takes writes, and that no other one has replaced as far as is known. Who knows nothing yet
   * looks at all of them.
   */
  async #writable(hosts: readonly Host[], timeMs: number): Promise<Opened> {
    const failures: unknown[] = [];
    let best: Opened | undefined;
    for (const host of hosts) {
      try {
        const opened = await this.#openOn(host, timeMs);
        if (this.#newest > 0) return opened;
        const [better, worse] = best && best.timeline >= opened.timeline ? [best, opened] : [opened, best];
        worse?.connection.close();
        best = better;
      } catch (error) {
        failures.push(error);
      }
    }
    return best ?? failed(failures);
  }

  async #openOn(host: Host, timeMs: number): Promise<Opened> {
    const connection = await Connection.open(host, this.#settings, timeMs);
    try {
      const [answer] = await connection.send([{ text: timelineSql }], timeMs);
      const timeline = Number.parseInt(String(answer?.rows[0]?.['log'] ?? ''), 16);
      if (timeline >= this.#newest) return { connection, timeline };
      const why = Number.isNaN(timeline) ? 'does not take writes' : 'has been replaced by another server';
      throw new ConnectionLost(`${host.host}:${host.port} ${why}.`);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Leaves the servers that this one has replaced: one that comes back would take what nobody else sees. */
  #follow(opened: Opened): void {
    this.#newest = Math.max(this.#newest, opened.timeline);
    this.#opened.push(opened);
    for (const { connection, timeline } of this.#opened) {
      if (timeline < this.#newest) connection.lose(new Error('another server has taken the place of its own'));
    }
    this.#opened = this.#opened.filter(({ connection }) => !connection.isLost);
  }

  async #waitForIt(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await sleep(times.againMs, undefined, { signal, ref: false }).catch(() => {});
      try {
        (await this.#connect(times.connectMs)).close();
        this.#away = undefined;
        return;
      } catch (error) {
        this.#away = { reason: error };
      }
    }
  }
}

/** What a server says itself tells more than that others are away. */
function failed(failures: readonly unknown[]): never {
  const lost = failures.filter((error) => error instanceof ConnectionLost);
  if (lost.length < failures.length) throw failures.find((error) => !(error instanceof ConnectionLost));
  const [cause] = lost;
  throw new ConnectionLost(lost.map(({ message }) => message).join(' '), { cause });
}

/** The file of the log that is being written; its name begins with the timeline. None where nothing can be written. */
const timelineSql = `SELECT left(CASE WHEN current_setting('transaction_read_only') = 'off'
  THEN pg_walfile_name(pg_current_wal_lsn()) END, 8) AS log`;
