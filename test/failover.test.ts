import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { elapsedMs } from '#auth/system-clock.ts';
import { startDoomedServer } from './crash-process.ts';
import { verifyDatabase } from './crash-stores.ts';
import { Crowd } from './crowd.ts';
import { startCluster } from './postgres/cluster.ts';
import { startStandby } from './postgres/standby.ts';
import { secretKey } from './stores.ts';

// The primary is killed under two Musters, and its synchronous standby takes its place.
//
//   npm run test:failover    five times

const rounds = Number(process.env['FAILOVER_ROUNDS'] ?? 1);
const resumesWithinMs = 10_000;

for (let round = 1; round <= rounds; round++) {
  test(`a failover keeps every acknowledged change, and work resumes by itself (${round} of ${rounds})`, failOver);
}

async function failOver(context: TestContext): Promise<void> {
  const primary = await startCluster();
  context.after(() => primary.stop());
  await primary.createDatabase('muster');
  const standby = await startStandby(primary);
  context.after(() => standby.stop());
  const servers = [
    [primary, standby],
    [standby, primary],
  ].map((hosts) => {
    const places = hosts.map(({ port }) => `127.0.0.1:${port}`);
    const MUSTER_STORE = `postgres://postgres@${places.join(',')}/muster?target_session_attrs=read-write`;
    return startDoomedServer(context, { MUSTER_STORE, MUSTER_SECRET_KEY: secretKey });
  });
  const crowd = await Crowd.start(servers, ['zitadel', 'accela']);
  await crowd.untilAcknowledged(30);
  await primary.kill('SIGKILL');
  await sleep(500);
  const before = crowd.acknowledged;
  await standby.promote();
  const promotedAt = elapsedMs();
  await crowd.untilAcknowledged(1);
  const tookMs = elapsedMs() - promotedAt;
  context.diagnostic(`updates resumed ${Math.round(tookMs)} ms after the promotion`);
  await crowd.untilAcknowledged(30);
  context.diagnostic(`${before} changes acknowledged before it, ${crowd.acknowledged - before} after it`);
  await crowd.stop(() => verifyDatabase(standby, standby.url('muster')));
  assert.ok(tookMs < resumesWithinMs, `updates resumed after ${tookMs} ms`);
}
