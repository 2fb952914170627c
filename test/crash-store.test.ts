import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DoomedProcess } from './crash-process.ts';
import { verifyDatabase } from './crash-verify.ts';
import { seededRandom } from './manual.ts';

const kills = 25;
const users = 32;
const folder = mkdtempSync(join(tmpdir(), 'muster-crash-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a store that is killed at any moment keeps every change that it acknowledged, and nothing by half', async (t) => {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
  t.diagnostic(`CRASH_SEED=${seed}`);
  const random = seededRandom(seed);
  const path = join(folder, 'muster.db');
  const acknowledged = new Set<string>();
  for (let kill = 1; kill <= kills; kill += 1) {
    const child = new DoomedProcess([join(import.meta.dirname, 'crash-child.ts'), path, String(users)]);
    // Some die while they are opening.
    if (kill % 5 !== 0) await child.waitFor(/open\n\d+ /);
    await sleep((random.bytes(1)[0] ?? 0) / (kill % 5 === 0 ? 1 : 3));
    await child.kill();
    for (const line of child.printed.split('\n').slice(0, -1)) if (line !== 'open') acknowledged.add(line);
    const survivors = await verifyDatabase(path);
    const changes = [...survivors.values()].flatMap((survivor) => survivor.changes);
    const kept = changes.map(
      ({ subject, version, digest, position }) => `${subject.key} ${version} ${digest} ${position}`,
    );
    assert.deepEqual([...acknowledged.difference(new Set(kept))], [], `acknowledged, but gone after kill ${kill}`);
  }
  assert.ok(acknowledged.size > kills * 10, `only ${acknowledged.size} changes were acknowledged`);
  t.diagnostic(`${acknowledged.size} changes acknowledged`);
});
