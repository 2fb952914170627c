import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from 'pg';
import type { Filter } from '#core/filter.ts';
import type { Store, Unit } from '#core/ports.ts';
import type { User } from '#core/user.ts';
import { changing, creating, start, userIn } from '#store/conformance/samples.ts';
import type { Cluster } from '#test/postgres/cluster.ts';
import { type How, nth, type PostgresProxy, startProxy, statement, type When } from '#test/postgres/proxy.ts';
import { sharedCluster } from '#test/postgres/shared-cluster.ts';
import { times } from './connections.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

const isCommit = statement(/\bCOMMIT\b/);
const unavailable = { name: 'DirectoryError', code: 'unavailable', reason: 'store_unavailable' };

interface Setup {
  readonly cluster: Cluster;
  readonly url: string;
  readonly proxy: PostgresProxy;
  /** Through the proxy. */
  readonly store: Store;
  /** Past it. */
  readonly direct: Store;
}

async function setUp(context: TestContext): Promise<Setup> {
  const cluster = await sharedCluster();
  const url = await cluster.createDatabase();
  const proxy = await startProxy(cluster.port);
  const store = await open(context, proxy.through(url));
  const direct = await open(context, url);
  context.after(() => proxy.close());
  return { cluster, url, proxy, store, direct };
}

async function open(context: TestContext, url: string, more: { searchTimeMs?: number } = {}): Promise<Store> {
  const store = await openPostgresStore({ settings: parsePostgresUrl(url), ...more });
  context.after(() => store.close());
  return store;
}

/** The next change of user 1, as another has it. */
async function nextOf(direct: Store): Promise<Unit> {
  const user = await userIn(direct, 1);
  return changing(user, { ...user.fields, 'profile.nickName': `version ${user.version + 1}` });
}

test('wherever the connection is cut, what was acknowledged is there once, and nothing is applied twice', async (context) => {
  const { proxy, store, direct } = await setUp(context);
  await store.apply([creating(1)]);
  await store.apply([await nextOf(direct)]);
  proxy.clear();
  await store.apply([await nextOf(direct)]);
  const points = proxy.messages.length;
  assert.ok(points > 20, `${points} messages`);
  const acknowledged = { yes: 0, no: 0 };
  for (const how of ['reset', 'end'] satisfies How[]) {
    for (const when of ['before', 'after'] satisfies When[]) {
      for (let point = 1; point <= points; point++) {
        const before = await userIn(direct, 1);
        const unit = await nextOf(direct);
        // So that there is a connection to be cut.
        await store.apply([{ activity: { user: 1, activity: { failedAttempts: point } } }]);
        proxy.clear();
        const cut = proxy.cut(when, nth(point), how);
        const outcome = await store.apply([unit]).then(
          ([only]) => only,
          (error: unknown) => error,
        );
        const where = `${how} ${when} ${point}`;
        assert.notEqual(outcome, 'lost', where);
        await cut.reached;
        await cut.over;
        const changes = await direct.changesOf('user', 1, { after: before.version });
        if (outcome instanceof Error) {
          acknowledged.no += 1;
          assert.equal(Reflect.get(outcome, 'reason'), 'store_unavailable', where);
          assert.ok(changes.length <= 1, where);
        } else {
          acknowledged.yes += 1;
          assert.deepEqual(
            changes.map(({ position }) => ({ position })),
            [outcome],
            where,
          );
        }
      }
    }
  }
  // A lost connection alone is no reason to refuse anybody: the server was there all the time.
  assert.equal(acknowledged.no, 0);
});

test('a COMMIT whose answer is lost, with its server, is not acknowledged, and found once the server is back', async (context) => {
  const { proxy, store, direct } = await setUp(context);
  await store.apply([creating(1)]);
  proxy.clear();
  const cut = proxy.cut('after', isCommit);
  const closed = cut.reached.then(() => proxy.refuse());
  await assert.rejects(store.apply([await nextOf(direct)]), unavailable);
  await Promise.all([closed, cut.over]);
  assert.equal((await direct.changesOf('user', 1)).length, 2);
  await assert.rejects(store.load({ users: [1] }), unavailable);
  await proxy.accept();
  await until(async () => (await store.load({ users: [1] })).users.get(1)?.version === 2);
});

test('a session that nobody ends is given up by the server, and keeps nobody from its rows for long', async (context) => {
  const { proxy, store, direct } = await setUp(context);
  await store.apply([creating(1)]);
  const unit = await nextOf(direct);
  proxy.clear();
  proxy.cut('before', isCommit, 'abandon');
  await assert.rejects(store.apply([unit]), unavailable);
  await until(async () => (await store.apply([unit]))[0] !== 'lost');
  assert.equal((await direct.changesOf('user', 1)).length, 2);
});

for (const [what, away] of [
  [
    'refuses connections',
    async (proxy: PostgresProxy) => {
      await proxy.refuse();
      proxy.cutAll();
    },
  ],
  ['answers nothing', async (proxy: PostgresProxy) => proxy.stallAll()],
] as const) {
  test(`a database that ${what} is unavailable within two seconds, and is used again when it is back`, async (context) => {
    const { proxy, store } = await setUp(context);
    await store.apply([creating(1)]);
    await store.find({ op: 'all' }, { offset: 0, limit: 1 });
    await away(proxy);
    for (const work of [
      () => store.load({ users: [1] }),
      () => store.apply([creating(2)]),
      () => store.allocate('user', 1),
      () => store.check(),
      () => store.find({ op: 'all' }, { offset: 0, limit: 1 }),
      () => store.feed(undefined, 1),
    ]) {
      // Longer than is promised, for machines that are busy.
      const isLate = new Promise((_, reject) => setTimeout(reject, 4000, new Error('It has waited for 4 s.')).unref());
      await assert.rejects(Promise.race([work(), isLate]), unavailable, String(work));
    }
    proxy.resume();
    await proxy.accept();
    await until(() => store.check().then(() => true));
    assert.notEqual((await store.apply([creating(3)]))[0], 'lost');
    assert.equal((await store.load({ users: [1] })).users.size, 1);
  });
}

test('searches beyond the connections that there are for them wait, and are told so when that is too long', async (context) => {
  const { proxy, store } = await setUp(context);
  await store.apply([creating(1)]);
  const search = () => store.find({ op: 'all' }, { offset: 0, limit: 1 });
  assert.equal((await Promise.all(Array.from({ length: 20 }, search))).length, 20);
  const stalled: Promise<void>[] = [];
  for (let taken = 1; taken <= 4; taken++) {
    const { reached } = proxy.stall('before', statement(/FROM users u WHERE/));
    stalled.push(assert.rejects(search(), unavailable));
    await reached;
  }
  await assert.rejects(search(), (error: Error) => {
    assert.match(String(error.cause), /All 4 connections are in use/);
    return true;
  });
  assert.equal((await store.load({ users: [1] })).users.size, 1);
  proxy.cutAll();
  await Promise.all(stalled);
  assert.equal((await search()).users.length, 1);
});

test('a start waits longer for a slow database than callers do', async (context) => {
  const { proxy, url } = await setUp(context);
  proxy.stallAll();
  const opening = open(context, proxy.through(url));
  await new Promise((resolve) => setTimeout(resolve, 1.5 * times.connectMs));
  proxy.resume();
  await opening;
});

test('nothing is written before the transaction has begun: behind a BEGIN that fails it would stand by itself', async (context) => {
  const { proxy, store } = await setUp(context);
  await store.apply([creating(1)]);
  proxy.clear();
  await store.apply([creating(2)]);
  const types = proxy.messages.map(({ from, type, text }) =>
    from === 'frontend' ? `${type} ${text.slice(5, 10)}` : type,
  );
  assert.equal(types[0], 'Q BEGIN');
  assert.ok(types.indexOf('Z') < types.findIndex((type) => type.startsWith('B ')), types.join('; '));
});

test('whatever the database has for its own, a transaction reads what is committed, and waits for the disk', async (context) => {
  const { cluster, url } = await setUp(context);
  const database = new URL(url).pathname.slice(1);
  await cluster.query(`ALTER DATABASE "${database}" SET default_transaction_isolation = 'serializable'`);
  await cluster.query(`ALTER DATABASE "${database}" SET synchronous_commit = off`);
  const store = await open(context, url);
  await run(
    url,
    `CREATE TABLE seen (isolation text, commit text);
    CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO seen SELECT current_setting('transaction_isolation'), current_setting('synchronous_commit');
      RETURN NEW; END $$;
    CREATE TRIGGER see BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION see()`,
  );
  await store.apply([creating(1)]);
  assert.deepEqual(await run(url, 'SELECT * FROM seen'), [{ isolation: 'read committed', commit: 'on' }]);
});

test('nobody waits behind a list or a clean-up that has to wait', async (context) => {
  const { url, store } = await setUp(context);
  await store.apply([creating(1)]);
  await run(url, "INSERT INTO idempotency VALUES ('s', 'i', 'o', '2000')");
  const rival = new Client({ connectionString: url });
  await rival.connect();
  await rival.query('BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE; SELECT FROM idempotency FOR UPDATE');
  const late = [store.messages(1, 10), store.prune(start)].map((waiting) => waiting.catch(() => {}));
  assert.equal((await store.load({ users: [1] })).users.size, 1);
  await store.news?.(undefined);
  await store.check();
  await store.allocate('user', 1);
  await rival.query('COMMIT');
  await rival.end();
  await Promise.all(late);
});

test('who waits too long for rows that somebody holds is told so, and so are those who find no connection left', async (context) => {
  const { url, store, direct } = await setUp(context);
  await store.apply([1, 2, 3, 4, 5, 6].map((key) => creating(key)));
  const users = await Promise.all([1, 2, 3, 4, 5, 6].map((key) => userIn(direct, key)));
  const rival = new Client({ connectionString: url });
  await rival.connect();
  await rival.query('BEGIN; SELECT FROM users FOR UPDATE');
  const change = (user: User) => store.apply([changing(user, { ...user.fields, owner: true })]);
  await Promise.all(users.map((user) => assert.rejects(change(user), unavailable)));
  await rival.query('COMMIT');
  await rival.end();
  const [first] = users;
  assert.ok(first);
  assert.notEqual((await change(first))[0], 'lost');
});

test('a restarted server is used again at the first call', async (context) => {
  const { cluster, store } = await setUp(context);
  await store.apply([creating(1)]);
  await cluster.kill('SIGKILL');
  await assert.rejects(store.load({ users: [1] }), unavailable);
  await cluster.start();
  await until(() => store.check().then(() => true));
  assert.notEqual((await store.apply([creating(2)]))[0], 'lost');
});

test('a database that takes no writes says so, and can be read', async (context) => {
  const { cluster, url, direct } = await setUp(context);
  await direct.apply([creating(1)]);
  const name = new URL(url).pathname.slice(1);
  await cluster.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
  const settings = parsePostgresUrl(url);
  await assert.rejects(
    openPostgresStore({ settings: { ...settings, hosts: [...settings.hosts, ...settings.hosts] } }),
    {
      name: 'StoreOpenError',
      message: /does not take writes\.$/,
    },
  );
  const store = await open(context, url);
  await assert.rejects(store.apply([creating(2)]), unavailable);
  await assert.rejects(store.check(), unavailable);
  assert.equal((await userIn(store, 1)).version, 1);
});

const raised = [
  ['53100', 'a disk that is full', { ...unavailable, reason: 'store_full' }],
  ['53300', 'a server with too many connections', unavailable],
  ['22021', 'a unit that cannot be stored', { name: 'UnstorableError' }],
] as const;

for (const [code, what, error] of raised) {
  test(`${what} is told of as such, and nothing stands`, async (context) => {
    const { url, store, direct } = await setUp(context);
    await raise(url, `PERFORM 1`, code);
    await assert.rejects(store.apply([creating(1)]), error);
    assert.equal((await direct.load({ users: [1], names: ['user1'] })).names.size, 0);
  });
}

for (const code of ['40001', '40P01']) {
  test(`what fails with ${code} is repeated`, async (context) => {
    const { url, store, direct } = await setUp(context);
    await raise(url, `IF nextval('failures') > 3 THEN RETURN NEW; END IF`, code);
    assert.notEqual((await store.apply([creating(1)]))[0], 'lost');
    assert.equal((await direct.changesOf('user', 1)).length, 1);
  });
}

/** Makes every insertion of a user fail with this code, after some PL/pgSQL. */
async function raise(url: string, first: string, code: string): Promise<void> {
  await run(
    url,
    `CREATE SEQUENCE failures; CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN ${first}; RAISE EXCEPTION 'as the test wants it' USING ERRCODE = '${code}'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fail()`,
  );
}

async function run(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return await client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

test('a search that takes too long is given up, and nobody else waits for it', async (context) => {
  const { url, direct } = await setUp(context);
  await direct.apply(Array.from({ length: 300 }, (_, index) => creating(index + 1)));
  const store = await open(context, url, { searchTimeMs: 1 });
  const slow: Filter = {
    op: 'or',
    filters: Array.from({ length: 300 }, (_, n) => ({ op: 'loginName', dialect: 'accela', like: `%${n}%a%b%c%` })),
  } as const;
  await assert.rejects(store.count(slow), { code: 'deadline_exceeded', reason: 'search_timed_out' });
  assert.equal((await userIn(store, 1)).key, 1);
});

test('rivals who write the same users in any order wait for each other, and every change is made once', async (context) => {
  const { url, direct } = await setUp(context);
  const keys = Array.from({ length: 30 }, (_, index) => index + 1);
  await direct.apply(keys.map((key) => creating(key)));
  const rivals = await Promise.all([1, 2, 3].map(() => open(context, url)));
  const won = await Promise.all(
    rivals.map((store, index) => touchAll(store, index % 2 === 0 ? keys : keys.toReversed())),
  );
  const { users } = await direct.load({ users: keys });
  assert.equal(
    users.values().reduce((sum, { version }) => sum + version - 1, 0),
    won.reduce((sum, count) => sum + count, 0),
  );
  assert.equal((await direct.feed(undefined, 10_000)).length, keys.length + won.reduce((sum, count) => sum + count, 0));
});

/** Changes all of these users, again and again; answers how often that was done. */
async function touchAll(store: Store, keys: readonly number[]): Promise<number> {
  let won = 0;
  for (let round = 0; round < 20; round++) {
    const { users } = await store.load({ users: keys });
    const units = keys.map((key) => {
      const user = users.get(key) ?? assert.fail(`There is no user ${key}.`);
      return changing(user, {
        ...user.fields,
        'profile.nickName': `${round} ${Math.imul(key, 7)}`,
        owner: !user.fields.owner,
      });
    });
    won += (await store.apply(units)).filter((outcome) => outcome !== 'lost').length;
  }
  return won;
}

/** Waits until it holds; what fails meanwhile is tried again. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
