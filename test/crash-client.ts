import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, type Probe, ProbeError } from '#dialects/probe.ts';
import type { DoomedProcess } from './crash-process.ts';
import type { Survivor } from './crash-verify.ts';
import { probes } from './probes.ts';

/** One user, and what its client has been told. */
export interface Ledger {
  readonly ids: Readonly<Record<string, string>>;
  /** The usernames that were acknowledged, in order. */
  readonly acknowledged: string[];
}

/** A client that makes itself a user and then renames it without end, through one dialect after the other. */
export class Client {
  readonly #name: string;
  readonly #probes: readonly (readonly [string, Probe])[];
  ledger: Ledger | undefined;
  /** How often it was told that the server is unavailable. */
  refusals = 0;
  #count = 0;

  constructor(name: string, dialects: readonly string[] = [...probes.keys()]) {
    this.#name = name;
    this.#probes = [...probes].filter(([dialect]) => dialects.includes(dialect));
  }

  /** Resolves once the server has been killed; rejects when anything else goes wrong. */
  async runUntilKilled(child: DoomedProcess, call: Call): Promise<void> {
    const end = child.failAtEnd();
    try {
      for (;;) await Promise.race([this.#next(call), end]);
    } catch (error) {
      if (error instanceof ProbeError || !child.isKilled) {
        throw new Error(`${this.#name} was refused. The server's log:\n${child.complained}`, { cause: error });
      }
    }
  }

  /**
   * Calls the servers in turn until it is stopped, and tells `heard` of every acknowledgement. Who is unavailable is
   * called again soon; rejects when anything else goes wrong.
   */
  async runUntilStopped(calls: readonly Call[], stop: AbortSignal, heard: (call: Call) => void): Promise<void> {
    while (!stop.aborted) {
      const call = calls[this.#count % calls.length] ?? assert.fail('there is nobody to call');
      try {
        await this.#next(call);
        heard(call);
      } catch (error) {
        if (!(error instanceof ProbeError && error.status === 503)) throw error;
        this.refusals += 1;
        await sleep(20);
      }
    }
  }

  async #next(call: Call): Promise<void> {
    const username = `${this.#name}-${++this.#count}`;
    if (this.ledger === undefined) {
      const id = await probes.get('zitadel')?.create?.(call, { username });
      this.ledger = { ids: await idsOf(call, id ?? ''), acknowledged: [username] };
      return;
    }
    const [dialect, probe] = this.#probes[this.#count % this.#probes.length] ?? assert.fail('there is no probe');
    await probe.update(call, this.ledger.ids[dialect] ?? '', { username });
    this.ledger.acknowledged.push(username);
  }
}

async function idsOf({ origin, token }: Call, zitadelId: string): Promise<Ledger['ids']> {
  const response = await fetch(`${origin}/directory/v1/users/${zitadelId}?as=zitadel`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { ids } = (await response.json()) as { ids: Record<string, string | number> };
  return Object.fromEntries(Object.entries(ids).map(([dialect, id]) => [dialect, String(id)]));
}

/** Every acknowledged rename is in the user's history, once and in order; those that were not may be there or not. */
export function assertKept({ ids, acknowledged }: Ledger, survivors: Iterable<Survivor>): void {
  const survivor = [...survivors].find(({ user }) => user.ids['zitadel'] === ids['zitadel']);
  assert.ok(survivor, `user ${ids['zitadel']} was acknowledged, and is gone`);
  const recorded = survivor.changes.map(({ changes }) => String(changes?.username?.after));
  assert.deepEqual(
    recorded.filter((name) => acknowledged.includes(name)),
    acknowledged,
  );
  assert.equal(new Set(recorded).size, recorded.length, `something was done twice: ${recorded}`);
}
