import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedCluster } from '#test/postgres/shared-cluster.ts';
import { Connection } from './connection.ts';
import { ConnectionPool, SharedConnection, times } from './connections.ts';
import { parsePostgresUrl } from './settings.ts';

/** One connection at a time; the n-th takes as long to open as `delays` says, or fails when that is none. */
async function poolOfOne(context: TestContext, delays: readonly (number | undefined)[]): Promise<ConnectionPool> {
  const settings = parsePostgresUrl((await sharedCluster()).url());
  const [host] = settings.hosts;
  let opened = 0;
  const pool = new ConnectionPool(async () => {
    const delay = delays[opened++] ?? (opened > delays.length ? 0 : undefined);
    if (delay === undefined || host === undefined) throw new Error('It cannot be opened.');
    await sleep(delay);
    return await Connection.open(host, settings, 5000);
  }, 1);
  context.after(() => pool.close());
  return pool;
}

/** Holds the connection for so long, and loses it. */
const loseAfter = (ms: number) => async (connection: Connection) => {
  await sleep(ms);
  connection.lose(new Error('for this test'));
};
const serve = async () => 'served';

test('who waits is served also by a connection that takes long to open, and its place is free again', async (context) => {
  const pool = await poolOfOne(context, [0, times.waitMs - 500]);
  const first = pool.use(loseAfter(700));
  assert.equal(await pool.use(serve), 'served');
  await first;
  assert.equal(await pool.use(serve), 'served');
});

test('one whose connection could not be opened is told so, and takes nobody else out of the queue', async (context) => {
  const pool = await poolOfOne(context, [0, undefined]);
  const first = pool.use(loseAfter(100));
  await assert.rejects(pool.use(serve), /cannot be opened/);
  await first;
  const holding = pool.use(() => sleep(times.waitMs - 200));
  await sleep(times.waitMs - 500);
  assert.equal(await pool.use(serve), 'served');
  await holding;
});

test('a connection in which a transaction was left open, be it a failed one, is not handed on', async (context) => {
  const pool = await poolOfOne(context, []);
  for (const text of ['BEGIN', 'BEGIN; SELECT 1 / 0']) {
    await pool.use((connection) => connection.send([{ text }], 1000)).catch(() => {});
    const answer = await pool.ask({ text: 'BEGIN' });
    assert.equal(answer?.command, 'BEGIN', text);
  }
});

test('a connection that is given back to a closed pool is closed', async (context) => {
  const pool = await poolOfOne(context, []);
  let held: Connection | undefined;
  await pool.use(async (connection) => {
    held = connection;
    pool.close();
  });
  assert.equal(held?.isLost, true);
});

test('a shared connection that has been closed opens no other', async () => {
  const settings = parsePostgresUrl((await sharedCluster()).url());
  const [host] = settings.hosts;
  assert.ok(host);
  let opened = 0;
  const shared = new SharedConnection(() => {
    opened += 1;
    return Connection.open(host, settings, 5000);
  });
  const asking = shared.ask([{ text: 'SELECT pg_sleep(0.1)' }]);
  await shared.close();
  await asking.catch(() => {});
  await assert.rejects(shared.get(), { reason: 'store_unavailable' });
  assert.equal(opened, 1);
});
