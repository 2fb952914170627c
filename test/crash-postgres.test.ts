import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDoomedServer } from './crash-process.ts';
import { placeIn } from './crash-stores.ts';
import { Crowd } from './crowd.ts';
import { seededRandom } from './manual.ts';
import { startCluster } from './postgres/cluster.ts';

const kills = 5;

test('a PostgreSQL that is killed at any moment keeps all that Muster acknowledged, and Muster goes on with it', async (t) => {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
  t.diagnostic(`CRASH_SEED=${seed}`);
  const random = seededRandom(seed);
  // A killed process takes nothing with it that it has written, on disk or not.
  const cluster = await startCluster();
  t.after(() => cluster.stop());
  const { environment, verify } = await placeIn(cluster);
  const crowd = await Crowd.start([startDoomedServer(t, environment)]);
  for (let kill = 1; kill <= kills; kill += 1) {
    await crowd.untilAcknowledged(10);
    await sleep(random.bytes(1)[0]);
    await cluster.kill('SIGKILL');
    // Sometimes it is back before anybody has noticed, sometimes everybody is refused meanwhile.
    await sleep(kill % 2 === 0 ? 0 : 500);
    await cluster.start();
  }
  await crowd.untilAcknowledged(10);
  t.diagnostic(`${crowd.acknowledged} changes acknowledged, ${crowd.refusals} refused`);
  await crowd.stop(verify);
});
