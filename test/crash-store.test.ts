import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DoomedProcess } from './crash-process.ts';
import { type CrashStore, crashStores } from './crash-stores.ts';
import { seededRandom } from './manual.ts';

const users = 32;

for (const store of crashStores) {
  test(`${store.name}, its user killed at any moment, keeps every change that it acknowledged, and nothing by half`, (t) =>
    killAgainAndAgain(store, t));
}

async function killAgainAndAgain({ kills, create }: CrashStore, t: TestContext): Promise<void> {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
  t.diagnostic(`CRASH_SEED=${seed}`);
  const random = seededRandom(seed);
  const { environment, verify } = await create();
  const acknowledged = new Set<string>();
  for (let kill = 1; kill <= kills; kill += 1) {
    const args = [join(import.meta.dirname, 'crash-child.ts'), environment.MUSTER_STORE, String(users)];
    const child = new DoomedProcess(args);
    // Some die while they are opening.
    if (kill % 5 !== 0) await child.waitFor(/open\n\d+ /);
    await sleep((random.bytes(1)[0] ?? 0) / (kill % 5 === 0 ? 1 : 3));
    await child.kill();
    for (const line of child.printed.split('\n').slice(0, -1)) if (line !== 'open') acknowledged.add(line);
    const changes = [...(await verify()).values()].flatMap((survivor) => survivor.changes);
    const kept = changes.map(
      ({ subject, version, digest, position }) => `${subject.key} ${version} ${digest} ${position}`,
    );
    assert.deepEqual([...acknowledged.difference(new Set(kept))], [], `acknowledged, but gone after kill ${kill}`);
  }
  assert.ok(acknowledged.size > kills, `only ${acknowledged.size} changes were acknowledged`);
  t.diagnostic(`${acknowledged.size} changes acknowledged`);
}
