import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from 'pg';
import { pgBouncer, startPgBouncer } from './pgbouncer.ts';
import { sharedCluster } from './shared-cluster.ts';

async function connectTo(context: TestContext, connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  context.after(() => client.end());
  await client.connect();
  return client;
}

async function backendOf(client: Client): Promise<number> {
  return (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
}

test('many clients share few sessions of the server, each for a transaction', {
  skip: pgBouncer.skip,
}, async (context) => {
  const cluster = await sharedCluster();
  const bouncer = await startPgBouncer(cluster, { default_pool_size: 1 });
  context.after(() => bouncer.stop());
  const url = bouncer.through(await cluster.createDatabase());
  const [one, other] = [await connectTo(context, url), await connectTo(context, url)];
  assert.equal(await backendOf(one), await backendOf(other));
  await one.query('BEGIN');
  const waiting = other.query('SELECT 1').then(() => 'answered');
  await one.query('SELECT $1::int', [1]);
  assert.equal(await Promise.race([waiting, one.query('SELECT pg_sleep(0.1)').then(() => 'waits')]), 'waits');
  await one.query('COMMIT');
  assert.equal(await waiting, 'answered');
});

test('a PgBouncer that does not start says why', { skip: pgBouncer.skip }, async () => {
  await assert.rejects(startPgBouncer(await sharedCluster(), { pool_mode: 'none' }), /does not start.*pool_mode/s);
});
