import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '#dialects/probe.ts';
import { assertKept, Client } from './crash-client.ts';
import type { DoomedServer } from './crash-process.ts';
import type { Survivor } from './crash-verify.ts';

/** Clients that load servers without end, whatever becomes of the database behind them. */
export class Crowd {
  readonly #clients: readonly Client[];
  readonly #servers: readonly DoomedServer[];
  readonly #calls: readonly Call[];
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  /** Acknowledgements by origin. */
  readonly #heard = new Map<string, number>();

  private constructor(servers: readonly DoomedServer[], calls: readonly Call[], dialects?: readonly string[]) {
    this.#servers = servers;
    this.#calls = calls;
    this.#clients = Array.from({ length: 6 }, (_, index) => new Client(`client${index}`, dialects));
    const heard = ({ origin }: Call): void => void this.#heard.set(origin, (this.#heard.get(origin) ?? 0) + 1);
    const running = this.#clients.map((client) => client.runUntilStopped(calls, this.#stop.signal, heard));
    this.#running = Promise.all(running);
    this.#running.catch(() => {});
  }

  /** Starts once all servers serve. */
  static async start(servers: readonly DoomedServer[], dialects?: readonly string[]): Promise<Crowd> {
    const calls = await Promise.all(servers.map(({ call }) => call()));
    const present = calls.filter((call) => call !== undefined);
    assert.equal(present.length, servers.length, servers.map(({ process }) => process.complained).join('\n'));
    return new Crowd(servers, present, dialects);
  }

  get acknowledged(): number {
    return this.#clients.reduce((sum, { ledger }) => sum + (ledger?.acknowledged.length ?? 0), 0);
  }

  get refusals(): number {
    return this.#clients.reduce((sum, { refusals }) => sum + refusals, 0);
  }

  /** Resolves when every server has acknowledged so many more changes; rejects when a client fails. */
  async untilAcknowledged(count: number): Promise<void> {
    const before = new Map(this.#heard);
    const more = ({ origin }: Call): number => (this.#heard.get(origin) ?? 0) - (before.get(origin) ?? 0);
    while (!this.#calls.every((call) => more(call) >= count)) await Promise.race([sleep(5), this.#running]);
  }

  /** Stops, and checks that no server has ended and that nothing else stands than what was told. */
  async stop(verify: () => Promise<ReadonlyMap<number, Survivor>>): Promise<void> {
    this.#stop.abort();
    await this.#running;
    // Rejects when it has ended of itself.
    for (const { process } of this.#servers) await process.kill();
    const survivors = await verify();
    for (const { ledger } of this.#clients) assertKept(ledger ?? assert.fail('nobody was created'), survivors.values());
  }
}
