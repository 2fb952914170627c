import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, ProbeError } from '#dialects/probe.ts';
import { DoomedProcess } from './crash-process.ts';
import { type Survivor, verifyDatabase } from './crash-verify.ts';
import { seededRandom } from './manual.ts';
import { probes } from './probes.ts';

const kills = 25;
const clients = 8;
const token = 'an-administrator-token-for-tests';
const cli = join(import.meta.dirname, '../src/cli.ts');
const folder = mkdtempSync(join(tmpdir(), 'muster-crash-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** One user, and what its client has been told. */
interface Ledger {
  readonly ids: Readonly<Record<string, string>>;
  /** The usernames that were acknowledged, in order. */
  readonly acknowledged: string[];
}

/** A client that makes itself a user and then renames it without end, through one dialect after the other. */
class Client {
  readonly #name: string;
  ledger: Ledger | undefined;
  #count = 0;

  constructor(name: string) {
    this.#name = name;
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

  async #next(call: Call): Promise<void> {
    const username = `${this.#name}-${++this.#count}`;
    if (this.ledger === undefined) {
      const id = await probes.get('zitadel')?.create?.(call, { username });
      this.ledger = { ids: await idsOf(call, id ?? ''), acknowledged: [username] };
      return;
    }
    const [dialect, probe] = [...probes][this.#count % probes.size] ?? assert.fail('there is no probe');
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
function assertKept({ ids, acknowledged }: Ledger, survivors: Iterable<Survivor>): void {
  const survivor = [...survivors].find(({ user }) => user.ids['zitadel'] === ids['zitadel']);
  assert.ok(survivor, `user ${ids['zitadel']} was acknowledged, and is gone`);
  const recorded = survivor.changes.map(({ changes }) => changes?.username?.after);
  assert.deepEqual(
    recorded.filter((name) => acknowledged.includes(String(name))),
    acknowledged,
  );
}

test('a server that is killed at any moment keeps all that it acknowledged through any API', async (t) => {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
  t.diagnostic(`CRASH_SEED=${seed}`);
  const random = seededRandom(seed);
  const path = join(folder, 'muster.db');
  const crowd = Array.from({ length: clients }, (_, index) => new Client(`client${index}`));
  for (let kill = 1; kill <= kills; kill += 1) {
    const child = new DoomedProcess([cli, 'serve', '--store', `sqlite:${path}`, '--port', '0'], {
      MUSTER_ADMIN_TOKEN: token,
      MUSTER_LOG_LEVEL: 'error',
    });
    const moment = (random.bytes(1)[0] ?? 0) / 255;
    // Some die while they are starting, the first start among them.
    const starting = kill % 8 === 1;
    const origin = starting ? undefined : await child.waitFor(/http:\/\/127\.0\.0\.1:\d+/);
    const running = Promise.all(origin ? crowd.map((client) => client.runUntilKilled(child, { origin, token })) : []);
    const untilMoment = sleep(starting ? 300 + moment * 700 : 20 + moment * 400);
    await Promise.race([untilMoment, running.then(() => untilMoment)]);
    await child.kill();
    await running;
    const survivors = await verifyDatabase(path);
    for (const { ledger } of crowd) if (ledger) assertKept(ledger, survivors.values());
  }
  const total = crowd.flatMap(({ ledger }) => ledger?.acknowledged ?? []).length;
  t.diagnostic(`${total} changes acknowledged`);
  assert.ok(total > kills * 10, `only ${total} changes were acknowledged`);
});
