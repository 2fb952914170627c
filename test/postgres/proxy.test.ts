import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { type How, nth, type PostgresProxy, startProxy, statement } from './proxy.ts';
import { sharedCluster } from './shared-cluster.ts';

interface Setup {
  readonly proxy: PostgresProxy;
  /** Connects through the proxy. */
  readonly connect: (config?: ClientConfig) => Promise<Client>;
  /** Asks past it how many mice there are. */
  readonly mice: () => Promise<number>;
}

async function setUp(context: TestContext): Promise<Setup> {
  const cluster = await sharedCluster();
  const url = await cluster.createDatabase();
  const direct = await connectTo(context, url);
  await direct.query('CREATE TABLE mice (name text)');
  const proxy = await startProxy(cluster.port);
  context.after(() => proxy.close());
  return {
    proxy,
    connect: (config) => connectTo(context, proxy.through(url), config),
    mice: async () => Number((await direct.query('SELECT count(*) FROM mice')).rows[0].count),
  };
}

async function connectTo(context: TestContext, connectionString: string, config?: ClientConfig): Promise<Client> {
  const client = new Client({ ...config, connectionString });
  client.on('error', () => undefined);
  context.after(() => client.end().catch(() => undefined));
  await client.connect();
  return client;
}

async function addMouse(client: Client): Promise<void> {
  await client.query('BEGIN');
  await client.query('INSERT INTO mice VALUES ($1)', ['Minnie']);
  await client.query('COMMIT');
}

const typesOf = ({ messages }: PostgresProxy, from: string): string =>
  messages.flatMap((message) => (message.from === from ? [message.type] : [])).join(' ');

test('everything passes, message by message', async (context) => {
  const { proxy, connect } = await setUp(context);
  const client = await connect();
  proxy.clear();
  const long = 'x'.repeat(3_000_000);
  assert.equal((await client.query('SELECT $1 AS long', [long])).rows[0].long, long);
  assert.equal(typesOf(proxy, 'frontend'), 'P B D E S');
  assert.equal(typesOf(proxy, 'backend'), '1 2 T D C Z');
  proxy.clear();
  await client.end();
  assert.equal(typesOf(proxy, 'frontend'), 'X');
});

test('so does a request for encryption', async (context) => {
  const { proxy } = await setUp(context);
  const cluster = await sharedCluster();
  const client = new Client({ connectionString: proxy.through(cluster.url()), ssl: true });
  await assert.rejects(client.connect(), /does not support SSL/);
  assert.deepEqual([typesOf(proxy, 'frontend'), typesOf(proxy, 'backend')], ['ssl', 'answer']);
});

test('and one to cancel', async (context) => {
  const { proxy, connect } = await setUp(context);
  const client = await connect();
  const canceled = assert.rejects(client.query('SELECT pg_sleep(60)'), { code: '57014' }).then(() => true);
  const [key] = proxy.messages.filter(({ type }) => type === 'K');
  const request = Buffer.concat([Buffer.from([0, 0, 0, 16, 4, 210, 22, 46]), key?.bytes.subarray(5) ?? Buffer.of()]);
  const ask = () => createConnection(proxy.port, '127.0.0.1').on('error', () => undefined);
  // A request that comes before the statement has begun is in vain.
  while (!(await Promise.race([canceled, sleep(100)]))) ask().end(request);
  assert.equal(proxy.messages.find(({ connection }) => connection === 2)?.type, 'cancel');
});

const hows: How[] = ['reset', 'end', 'abandon'];

for (const how of hows) {
  test(`cut (${how}) before COMMIT is forwarded, it has not happened`, async (context) => {
    const { proxy, connect, mice } = await setUp(context);
    const client = await connect();
    const point = proxy.cut('before', statement(/^COMMIT/), how);
    await assert.rejects(addMouse(client), how === 'end' ? /terminated unexpectedly/ : { code: 'ECONNRESET' });
    assert.equal((await point.reached).type, 'Q');
    if (how !== 'abandon') await point.over;
    assert.equal(await mice(), 0);
  });

  test(`cut (${how}) after COMMIT, before its answer, it has happened`, async (context) => {
    const { proxy, connect, mice } = await setUp(context);
    const client = await connect();
    const point = proxy.cut('after', statement(/\bCOMMIT\b/), how);
    await assert.rejects(addMouse(client), how === 'end' ? /terminated unexpectedly/ : { code: 'ECONNRESET' });
    if (how === 'abandon') await sleep(200);
    else await point.over;
    assert.equal(await mice(), 1);
  });
}

test('it can be cut between messages that were sent at once', async (context) => {
  const { proxy, connect, mice } = await setUp(context);
  const statements = ['BEGIN', "INSERT INTO mice VALUES ('Minnie')", 'COMMIT', "INSERT INTO mice VALUES ('Mickey')"];
  for (const [when, expected] of [
    ['before', 0],
    ['after', 1],
  ] as const) {
    const client = await connect({ pipeline: true });
    const point = proxy.cut(when, statement(/\bCOMMIT\b/));
    await Promise.allSettled(statements.map((sql) => client.query(sql)));
    await point.over;
    assert.equal(await mice(), expected, when);
  }
});

test('a server whose client was cut off without a word keeps its transaction open', async (context) => {
  const { proxy, connect } = await setUp(context);
  const [client, other] = [await connect(), await connect()];
  proxy.cut('before', statement(/\bCOMMIT\b/), 'abandon');
  await client.query('BEGIN; LOCK TABLE mice');
  await assert.rejects(client.query('COMMIT'));
  await assert.rejects(other.query("SET lock_timeout = '100ms'; LOCK TABLE mice"), { code: '55P03' });
});

test('cut after the last message of an answer, the client has it', async (context) => {
  const { proxy, connect } = await setUp(context);
  for (let round = 0; round < 20; round += 1) {
    const client = await connect();
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    proxy.cut('after', ({ type, from }) => from === 'backend' && type === 'Z');
    assert.equal((await client.query("SELECT repeat('x', 100000) AS text")).rowCount, 1);
    await ended;
  }
});

test('it can be cut at every point of an exchange', async (context) => {
  const { proxy, connect, mice } = await setUp(context);
  const wholeExchange = async () => {
    const client = await connect();
    await addMouse(client);
    await client.end();
  };
  await wholeExchange();
  const count = proxy.messages.length;
  const commit = proxy.messages.findIndex(statement(/\bCOMMIT\b/));
  assert.ok(commit > 10 && count > commit + 2, `${count} messages`);
  for (let n = 1; n <= count; n += 1) {
    const before = await mice();
    proxy.clear();
    const point = proxy.cut('before', nth(n));
    const outcome = await wholeExchange().then(
      () => 'done',
      () => 'failed',
    );
    await point.over;
    assert.equal(proxy.messages.length, n - 1);
    assert.equal(await mice(), before + (n > commit + 1 ? 1 : 0), `cut before message ${n}`);
    // The last is the client's farewell, which has no answer.
    if (n < count - 1) assert.equal(outcome, 'failed', `cut before message ${n}`);
  }
});

test('what is sent while it is stalled arrives later, though its sender has given up', async (context) => {
  const { proxy, connect, mice } = await setUp(context);
  const client = await connect();
  const point = proxy.stall('before', statement(/\bCOMMIT\b/));
  const added = addMouse(client);
  added.catch(() => undefined);
  await point.reached;
  const late = sleep(100, 'late');
  assert.equal(await Promise.race([added, late]), 'late');
  assert.equal(await mice(), 0);
  client.connection.stream.destroy();
  await sleep(50);
  proxy.resume();
  await point.over;
  assert.equal(await mice(), 1);
});

test('it can be stalled between a request and its answer, and altogether', async (context) => {
  const { proxy, connect, mice } = await setUp(context);
  const client = await connect();
  const point = proxy.stall('after', statement(/\bCOMMIT\b/));
  const added = addMouse(client);
  await point.reached;
  while ((await mice()) === 0) await sleep(5);
  assert.equal(await Promise.race([added, sleep(50, 'late')]), 'late');
  proxy.resume();
  await added;
  proxy.stallAll();
  const again = addMouse(client);
  assert.equal(await Promise.race([again, sleep(50, 'late')]), 'late');
  proxy.resume();
  await again;
  assert.equal(await mice(), 2);
});

test('it refuses connections for a while, cuts all there are, and changes its server', async (context) => {
  const { proxy, connect } = await setUp(context);
  const client = await connect();
  await proxy.refuse();
  await assert.rejects(connect(), { code: 'ECONNREFUSED' });
  await client.query('SELECT 1');
  proxy.cutAll();
  await assert.rejects(client.query('SELECT 1'));
  await proxy.accept();
  await (await connect()).query('SELECT 1');
  proxy.retarget(1);
  await assert.rejects(connect());
  proxy.retarget((await sharedCluster()).port);
  await connect();
});
