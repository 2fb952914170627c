import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findPostgres, suiteVersion } from './binaries.ts';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { runningOf } from './process-tree.ts';
import { sharedCluster } from './shared-cluster.ts';

async function clusterOf(context: TestContext, options?: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options);
  context.after(() => cluster.stop());
  return cluster;
}

async function connect(context: TestContext, url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  context.after(() => client.end());
  return client;
}

async function versionOf(cluster: Cluster): Promise<string> {
  const [row] = await cluster.query<{ server_version: string }>('SHOW server_version');
  return row?.server_version ?? '';
}

test('a cluster has the version that the suite runs on, sorts by bytes and runs without privileges', async () => {
  const cluster = await sharedCluster();
  if (/^\d+$/.test(suiteVersion)) assert.match(await versionOf(cluster), new RegExp(`^${suiteVersion}\\.`));
  const [row] = await cluster.query('SELECT pg_encoding_to_char(encoding) AS encoding, datcollate FROM pg_database');
  assert.deepEqual(row, { encoding: 'UTF8', datcollate: 'C' });
  assert.notEqual(statSync(join(cluster.dataFolder, 'postmaster.pid')).uid, 0);
});

test('every test has its own databases in it', async (context) => {
  const cluster = await sharedCluster();
  const [one, other] = await Promise.all([cluster.createDatabase(), cluster.createDatabase('Other')]);
  const client = await connect(context, one);
  await client.query('CREATE TABLE mice (name text)');
  const elsewhere = await connect(context, other);
  await assert.rejects(elsewhere.query('TABLE mice'), { code: '42P01' });
  await cluster.dropDatabase(other);
  await assert.rejects(elsewhere.query('SELECT 1'));
  await assert.rejects(connect(context, other), { code: '3D000' });
});

const fifteen = findPostgres('15');

test('it can be version 15, too', { skip: fifteen.skip }, async (context) => {
  assert.match(await versionOf(await clusterOf(context, { version: '15' })), /^15\./);
});

test('it has the settings that it is asked for', async (context) => {
  const cluster = await clusterOf(context, { durable: true, settings: { max_connections: 7 } });
  assert.deepEqual(await cluster.query('SHOW max_connections'), [{ max_connections: '7' }]);
  assert.deepEqual(await cluster.query('SHOW fsync'), [{ fsync: 'on' }]);
  await cluster.set({ application_name: "Minnie's", work_mem: '5MB' });
  assert.deepEqual(await cluster.query('SHOW work_mem'), [{ work_mem: '5MB' }]);
  assert.deepEqual(await cluster.query('SHOW application_name'), [{ application_name: "Minnie's" }]);
});

test('one that does not start says why', async () => {
  await assert.rejects(startCluster({ settings: { no_such_thing: 1 } }), /does not start.*no_such_thing/s);
});

for (const signal of ['SIGKILL', 'SIGINT', 'SIGQUIT'] as const) {
  test(`after ${signal} all its processes are gone, and it starts again where it was`, async (context) => {
    const cluster = await clusterOf(context, { durable: true });
    const client = await connect(context, cluster.url());
    await client.query('CREATE TABLE mice AS SELECT 1 AS number');
    const rows = await cluster.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
    const pids = [cluster.pid(), ...rows.map(({ pid }) => pid)];
    assert.ok(pids.length > 4 && runningOf(pids).length === pids.length);
    await cluster.kill(signal);
    assert.deepEqual(runningOf(pids), []);
    assert.throws(() => cluster.pid());
    await assert.rejects(connect(context, cluster.url()), { code: 'ECONNREFUSED' });
    await cluster.start();
    assert.deepEqual(await cluster.query('TABLE mice'), [{ number: 1 }]);
    assert.equal(cluster.log().includes('automatic recovery'), signal !== 'SIGINT');
  });
}

test('nothing is left of it when it has been stopped', async () => {
  const cluster = await startCluster();
  const pid = cluster.pid();
  await cluster.stop();
  assert.deepEqual([runningOf([pid]), existsSync(cluster.dataFolder)], [[], false]);
  await cluster.stop();
});

test('nor when the process that started it is killed', async (context) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'cluster-child.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  const { pid, dataFolder } = JSON.parse(line) as { pid: number; dataFolder: string };
  assert.deepEqual(runningOf([pid]), [pid]);
  child.kill('SIGKILL');
  for (let waited = 0; waited < 10_000 && existsSync(dirname(dataFolder)); waited += 20) await sleep(20);
  assert.deepEqual([runningOf([pid]), existsSync(dirname(dataFolder))], [[], false]);
});
