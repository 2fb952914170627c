import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Store } from '#core/ports.ts';
import { changing, creating, userIn } from '#store/conformance/samples.ts';
import { type Cluster, startCluster } from '#test/postgres/cluster.ts';
import { type Standby, startStandby } from '#test/postgres/standby.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

const unavailable = { name: 'DirectoryError', code: 'unavailable', reason: 'store_unavailable' };

interface Pair {
  readonly primary: Cluster;
  readonly standby: Standby;
}

async function startPair(): Promise<Pair> {
  const primary = await startCluster();
  return { primary, standby: await startStandby(primary) };
}

async function stopPair({ primary, standby }: Pair): Promise<void> {
  await Promise.all([primary.stop(), standby.stop()]);
}

/** A store in a new database of a primary. */
async function openNew(context: TestContext, primary: Cluster): Promise<Store> {
  const settings = parsePostgresUrl(await primary.createDatabase());
  const store = await openPostgresStore({ settings });
  context.after(() => store.close());
  return store;
}

describe('without its synchronous standby a primary', () => {
  let pair: Pair;
  before(async () => {
    pair = await startPair();
  });
  after(() => stopPair(pair));

  test('acknowledges nothing', async (context) => {
    const { primary, standby } = pair;
    const store = await openNew(context, primary);
    await store.apply([creating(1)]);
    await standby.kill('SIGKILL');
    const unit = changing(await userIn(store, 1), { username: 'renamed' });
    await assert.rejects(store.apply([unit]), unavailable);
    await standby.start();
    await until(async () => (await userIn(store, 1)).version === 2);
    assert.deepEqual(await store.apply([unit]), ['lost']);
    assert.equal((await store.changesOf('user', 1)).length, 2);
  });

  test('acknowledges nothing either when the session that waits for the standby is ended', async (context) => {
    const { primary, standby } = pair;
    const store = await openNew(context, primary);
    await store.apply([creating(1)]);
    await standby.kill('SIGKILL');
    const unit = changing(await userIn(store, 1), { username: 'renamed' });
    const applied = assert.rejects(store.apply([unit]), unavailable);
    // PostgreSQL then shows to everybody what it has committed on this server alone.
    await until(async () => (await endWaiting(primary)) > 0);
    await applied;
    assert.equal((await userIn(store, 1)).version, 2);
    await standby.start();
    await until(async () => (await store.apply([creating(2)]))[0] !== 'lost');
  });
});

/** Ends the sessions that wait for a standby; answers how many there were. */
async function endWaiting(primary: Cluster): Promise<number> {
  const sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
  return (await primary.query(sql)).length;
}

/** Waits until it holds; what fails meanwhile is tried again. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
