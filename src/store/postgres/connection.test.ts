import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { creating } from '#store/conformance/samples.ts';
import { pgBouncer, startPgBouncer } from '#test/postgres/pgbouncer.ts';
import { sharedCluster } from '#test/postgres/shared-cluster.ts';
import { testDatabase } from '#test/postgres/shared-store.ts';
import { Connection, type Statement } from './connection.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

async function opened(context: TestContext, url: string) {
  const settings = parsePostgresUrl(url);
  const [host] = settings.hosts;
  assert.ok(host);
  const connection = await Connection.open(host, settings, 5000);
  context.after(() => connection.close());
  const ask = async (...statements: Statement[]) =>
    (await connection.send(statements, 5000)).map(({ rows }) => rows[0]);
  return { connection, ask };
}

const sum = (...values: number[]): Statement => ({ text: 'SELECT $1::int + $2::int AS sum', values });
const kept = { text: 'SELECT count(*) AS kept FROM pg_prepared_statements' };
const scans = { text: 'SHOW enable_seqscan' };

test('a connection of its own keeps the plan of each statement, also of what travels together', async (context) => {
  const { connection, ask } = await opened(context, (await sharedCluster()).url());
  assert.deepEqual(await ask(sum(1, 2), kept), [{ sum: 3 }, { kept: 0 }]);
  await connection.keepPlans(5000);
  assert.equal(connection.wasUsed, false);
  assert.deepEqual(await ask(sum(1, 2), sum(3, 4), kept), [{ sum: 3 }, { sum: 7 }, { kept: 1 }]);
  assert.deepEqual(await ask(sum(5, 6), scans, kept), [{ sum: 11 }, { enable_seqscan: 'off' }, { kept: 1 }]);
});

test('a plan that could not be made for what failed before it is made the next time', async (context) => {
  const { connection, ask } = await opened(context, (await sharedCluster()).url());
  await connection.keepPlans(5000);
  await assert.rejects(ask({ text: 'BEGIN' }, { text: 'SELECT 1 / $1::int', values: [0] }, sum(1, 2), sum(3, 4)));
  await ask({ text: 'ROLLBACK' });
  assert.deepEqual(await ask(sum(1, 2), sum(3, 4)), [{ sum: 3 }, { sum: 7 }]);
});

test('no plan is kept, and nothing set, in the sessions of a pooler', { skip: pgBouncer.skip }, async (context) => {
  const bouncer = await startPgBouncer(await sharedCluster());
  context.after(bouncer.stop);
  const { connection, ask } = await opened(context, bouncer.through((await sharedCluster()).url()));
  await connection.keepPlans(5000);
  assert.deepEqual(await ask(sum(1, 2)), [{ sum: 3 }]);
  assert.deepEqual([await ask(kept), await ask(scans)], [[{ kept: 0 }], [{ enable_seqscan: 'on' }]]);
});

test('a connection whose prepared statements do not fit the tables any more gives way to another', async (context) => {
  const { url } = await testDatabase(context);
  const store = await openPostgresStore({ settings: parsePostgresUrl(url) });
  context.after(() => store.close());
  const { ask } = await opened(context, url);
  await store.apply([creating(1)]);
  const isThere = async () => (await store.load({ users: [1] })).users.has(1);
  assert.ok(await isThere());
  await ask({ text: 'ALTER TABLE users ALTER COLUMN ids TYPE jsonb' });
  assert.ok(await isThere());
  await store.apply([creating(2)]);
});
