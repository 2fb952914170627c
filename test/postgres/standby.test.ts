import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Cluster, startCluster } from './cluster.ts';
import { type Standby, type StandbyOptions, startStandby } from './standby.ts';

async function setUp(context: TestContext, options?: StandbyOptions): Promise<{ primary: Cluster; standby: Standby }> {
  const primary = await startCluster();
  context.after(() => primary.stop());
  await primary.query('CREATE TABLE mice AS SELECT generate_series(1, 1000) AS number');
  const standby = await startStandby(primary, options);
  context.after(() => standby.stop());
  return { primary, standby };
}

const highest = async (cluster: Cluster): Promise<number> =>
  (await cluster.query<{ max: number }>('SELECT max(number) FROM mice'))[0]?.max ?? 0;

test('a standby has all that its primary acknowledged when that is killed, and takes its place', async (context) => {
  const { primary, standby } = await setUp(context);
  await assert.rejects(standby.query('DELETE FROM mice'), { code: '25006' });
  let acknowledged = 1000;
  const writer = new Client({ connectionString: primary.url() });
  writer.on('error', () => undefined);
  await writer.connect();
  const writing = (async () => {
    for (;;) {
      await writer.query('INSERT INTO mice VALUES ($1)', [acknowledged + 1]);
      acknowledged += 1;
    }
  })();
  writing.catch(() => undefined);
  await sleep(300);
  await primary.kill('SIGKILL');
  await assert.rejects(writing);
  await standby.promote();
  assert.ok(acknowledged > 1000);
  const found = await highest(standby);
  // The one after the last may have arrived, and its answer not.
  assert.ok(found === acknowledged || found === acknowledged + 1, `${found} of ${acknowledged}`);
  await standby.query('INSERT INTO mice VALUES (-1)');
});

test('a primary waits for its synchronous standby', async (context) => {
  const { primary, standby } = await setUp(context);
  await standby.kill('SIGKILL');
  const inserted = primary.query('INSERT INTO mice VALUES (1001)').then(() => 'inserted');
  assert.equal(await Promise.race([inserted, sleep(300, 'waits')]), 'waits');
  await standby.start();
  assert.equal(await inserted, 'inserted');
});

test('one that is not synchronous just follows', async (context) => {
  const { primary, standby } = await setUp(context, { name: 'reader', synchronous: false });
  await standby.kill('SIGINT');
  await primary.query('INSERT INTO mice VALUES (1001)');
  await standby.start();
  while ((await highest(standby)) < 1001) await sleep(10);
});
