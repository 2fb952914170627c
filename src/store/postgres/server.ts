import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { times } from './connections.ts';
import type { PostgresSettings } from './settings.ts';

/**
 * Opens connections. While none can be had, everybody is told so at once, and it tries again by itself: nobody waits
 * for a server that is known to be away.
 */
export class Server {
  readonly #settings: PostgresSettings;
  readonly #closing = new AbortController();
  #away: { readonly reason: unknown } | undefined;

  constructor(settings: PostgresSettings) {
    this.#settings = settings;
  }

  async open(): Promise<Connection> {
    if (this.#away) throw this.#away.reason;
    try {
      return await this.#connect();
    } catch (error) {
      if (!this.#away) void this.#waitForIt();
      this.#away = { reason: error };
      throw error;
    }
  }

  close(): void {
    this.#closing.abort();
  }

  #connect(): Promise<Connection> {
    return Connection.open(this.#settings, times.connectMs);
  }

  async #waitForIt(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await sleep(times.againMs, undefined, { signal, ref: false }).catch(() => {});
      try {
        (await this.#connect()).close();
        this.#away = undefined;
        return;
      } catch (error) {
        this.#away = { reason: error };
      }
    }
  }
}
