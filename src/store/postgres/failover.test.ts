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

/** Opens a database on whichever of these hosts takes writes. */
async function open(context: TestContext, database: string, ...hosts: readonly Cluster[]): Promise<Store> {
  const places = hosts.map(({ port }) => `127.0.0.1:${port}`);
  const settings = parsePostgresUrl(`postgres://postgres@${places.join(',')}${new URL(database).pathname}`);
  const store = await openPostgresStore({ settings });
  context.after(() => store.close());
  return store;
}

describe('a primary with a synchronous standby', () => {
  let pair: Pair;
  before(async () => {
    pair = await startPair();
  });
  after(() => stopPair(pair));

  test('acknowledges nothing without it', async (context) => {
    const { primary, standby } = pair;
    const store = await open(context, await primary.createDatabase(), primary);
    await store.apply([creating(1)]);
    await standby.kill('SIGKILL');
    const unit = changing(await userIn(store, 1), { username: 'renamed' });
    await assert.rejects(store.apply([unit]), unavailable);
    await standby.start();
    await until(async () => (await userIn(store, 1)).version === 2);
    assert.deepEqual(await store.apply([unit]), ['lost']);
    assert.equal((await store.changesOf('user', 1)).length, 2);
  });

  for (const [what, end] of [
    ['session', 'pg_terminate_backend'],
    ['statement', 'pg_cancel_backend'],
  ] as const) {
    test(`acknowledges nothing without it either when a ${what} that waits for it is ended`, async (context) => {
      const { primary, standby } = pair;
      const store = await open(context, await primary.createDatabase(), primary);
      await store.apply([creating(1)]);
      await standby.kill('SIGKILL');
      const unit = changing(await userIn(store, 1), { username: 'renamed' });
      const applied = assert.rejects(store.apply([unit]), unavailable);
      // PostgreSQL then shows to everybody what it has committed on this server alone.
      await until(async () => (await endWaiting(primary, end)) > 0);
      await applied;
      assert.equal((await userIn(store, 1)).version, 2);
      await standby.start();
      await until(async () => (await store.apply([creating(2)]))[0] !== 'lost');
    });
  }

  test('is found in any order, and left for good once the standby has taken its place', async (context) => {
    const { primary, standby } = pair;
    const database = await primary.createDatabase();
    const store = await open(context, database, standby, primary);
    await store.apply([creating(1)]);
    const other = await open(context, database, primary, standby);
    await other.apply([changing(await userIn(other, 1), { username: 'before' })]);
    await standby.promote();
    // The worst that can be done: the old one still runs, and takes writes without a standby.
    await primary.set({ synchronous_standby_names: '' });
    // A search wants a connection more, and finds another server.
    assert.equal((await store.find({ op: 'all' }, { offset: 0, limit: 1 })).users.length, 1);
    for (const username of ['one', 'two', 'three']) {
      assert.notDeepEqual(await store.apply([changing(await userIn(store, 1), { username })]), ['lost']);
    }
    assert.equal((await userIn(await open(context, database, primary), 1)).version, 2);
    assert.equal((await userIn(await open(context, database, standby), 1)).version, 5);
    assert.equal((await userIn(await open(context, database, primary, standby), 1)).version, 5);
    await standby.kill('SIGKILL');
    await assert.rejects(store.apply([creating(2)]), unavailable);
    await until(() =>
      store.check().then(
        () => false,
        (error: Error) => /has been replaced by another server/.test(String(error.cause)),
      ),
    );
  });
});

/** Ends what waits for a standby; answers how many that were. */
async function endWaiting(primary: Cluster, end: string): Promise<number> {
  const sql = `SELECT ${end}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
  return (await primary.query(sql)).length;
}

/** Waits until it holds; what fails meanwhile is tried again. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
