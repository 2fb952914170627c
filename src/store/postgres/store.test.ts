import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { NewsPoint } from '#core/ports.ts';
import { foldText } from '#core/searched-text.ts';
import { changing, creating, tokenOf, userIn } from '#store/conformance/samples.ts';
import { testDatabase } from '#test/postgres/shared-store.ts';
import type { Connection } from './connection.ts';
import { appliedMigrations, knownMigrations, migrate } from './migrations.ts';
import { schemaOf } from './schema.ts';
import { Server } from './server.ts';
import { parsePostgresUrl } from './settings.ts';
import { openPostgresStore } from './store.ts';

async function connect(context: TestContext, url: string): Promise<Connection> {
  const connection = await new Server(parsePostgresUrl(url)).open();
  context.after(() => connection.close());
  return connection;
}

test('schema.sql is what the migrations make (node --test --test-update-snapshots writes it)', async (context) => {
  const connection = await connect(context, (await testDatabase(context)).url);
  await migrate(connection, knownMigrations(), 'here');
  const schema = await schemaOf(connection);
  context.assert.fileSnapshot(schema, join(import.meta.dirname, 'schema.sql'), { serializers: [String] });
});

test('migrations run once each, however many start at once, and a failing one leaves no trace', async (context) => {
  const { url } = await testDatabase(context);
  const connections = await Promise.all([1, 2, 3, 4].map(() => connect(context, url)));
  const first = { name: '1', checksum: 'a', sql: 'CREATE TABLE one (x int)' };
  const second = { name: '2', checksum: 'b', sql: 'CREATE TABLE two (x int)' };
  const broken = { name: '3', checksum: 'c', sql: 'CREATE TABLE three (x int); CREATE TABLE one (x int)' };
  await Promise.all(connections.map((connection) => migrate(connection, [first, second], 'here')));
  const [connection] = connections;
  assert.ok(connection);
  await assert.rejects(migrate(connection, [first, second, broken], 'here'), /already exists/);
  const names = (await appliedMigrations(connection)).map(({ name }) => name);
  assert.deepEqual(names, ['1', '2']);
  const [tables] = await connection.send([{ text: "SELECT to_regclass('three') AS three" }], 1000);
  assert.equal(tables?.rows[0]?.['three'], null);
});

test('metadata from before it was searched is found by its key in any case', async (context) => {
  const connection = await connect(context, (await testDatabase(context)).url);
  const before = knownMigrations().findIndex(({ name }) => name.endsWith('_metadata_search'));
  await migrate(connection, knownMigrations().slice(0, before), 'here');
  // Whatever changes with its case, and some that does not.
  const characters = Array.from({ length: 0x2_0000 }, (_, code) => String.fromCodePoint(code + 1)).filter((one) => {
    return one.isWellFormed() && (foldText(one) !== one || /[ -_\u{FF0}-\u{FFF}]/u.test(one));
  });
  const keys = Array.from({ length: Math.ceil(characters.length / 100) }, (_, index) => {
    return characters.slice(100 * index, 100 * index + 100).join('');
  });
  const text = `INSERT INTO metadata ("user", key, created_at, changed_at, value)
    SELECT 1, jsonb_array_elements_text($1::jsonb), '', '', ''`;
  await connection.send([{ text, values: [JSON.stringify(keys)] }], 5000);
  await migrate(connection, knownMigrations(), 'here');
  const [kept] = await connection.send([{ text: 'SELECT key, folded FROM metadata' }], 5000);
  const folded = new Map(kept?.rows.map((row) => [row['key'], row['folded']]));
  assert.deepEqual(folded, new Map(keys.map((key) => [key, foldText(key)])));
});

test('a database that is not ours, or not of this program, is left as it is', async (context) => {
  const { url, query } = await testDatabase(context);
  const settings = parsePostgresUrl(url);
  const refusal = (message: RegExp) => ({ name: 'StoreOpenError', message });
  await query('CREATE TABLE theirs (x int)');
  await assert.rejects(openPostgresStore({ settings }), refusal(/belongs to another application/));
  await query('DROP TABLE theirs');
  await (await openPostgresStore({ settings })).close();
  await query("INSERT INTO migrations (name, checksum) VALUES ('99990101T0000_later', 'x')");
  await assert.rejects(openPostgresStore({ settings }), refusal(/was made by a newer Muster/));
  await query("DELETE FROM migrations WHERE name LIKE '9999%'");
  await query("UPDATE migrations SET checksum = 'other'");
  await assert.rejects(openPostgresStore({ settings }), refusal(/another history of migrations/));
});

test('what keeps a database from being opened is one line, without the password', async (context) => {
  const { url } = await testDatabase(context);
  const missing = url.replace(/\/[^/]*$/, '/no_such_database').replace('postgres@', 'postgres:s3cret@');
  for (const [bad, message] of [
    [missing, /database "no_such_database" does not exist\.$/],
    [
      'postgres://me:s3cret@127.0.0.1:1/x',
      /^The database postgres:\/\/127\.0\.0\.1:1\/x cannot be opened: .*ECONNREFUSED/,
    ],
  ] as const) {
    await assert.rejects(openPostgresStore({ settings: parsePostgresUrl(bad) }), (error: Error) => {
      assert.equal(error.name, 'StoreOpenError');
      assert.match(error.message, message);
      assert.ok(!/s3cret|\n/.test(error.message));
      return true;
    });
  }
});

test('the news tell of every change and of every token that was dropped, once', async (context) => {
  const store = await (await testDatabase(context)).open();
  context.after(() => store.close());
  const newsAfter = async (point: NewsPoint | undefined) =>
    (await store.news?.(point)) ?? assert.fail('It has no news.');
  const { until: start, ...nothing } = await newsAfter(undefined);
  assert.deepEqual([start, nothing.users.size], [{ changes: 0, revocations: 0 }, 0]);
  await store.apply([creating(1), creating(2), { putTokens: [1, 2, 3].map((number) => tokenOf(1, number)) }]);
  const made = await newsAfter(start);
  assert.deepEqual([made.users, made.tokens, made.until], [new Set([1, 2]), new Set(), { changes: 2, revocations: 0 }]);
  const client = { dialect: 'accela', client: 'app' };
  const drop = [{ dropTokens: [tokenOf(1, 1).hash] }, { dropTokensOf: { user: 1, which: 'all' as const } }];
  await store.apply([...drop, { dropTokensOfClient: client }]);
  const two = await userIn(store, 2);
  await store.apply([changing(two, { ...two.fields, owner: true })]);
  const { until, ...ended } = await newsAfter(made.until);
  assert.deepEqual(ended, {
    users: new Set([2, 1]),
    realms: new Set(),
    tokens: new Set([tokenOf(1, 1).hash]),
    clients: new Set(['accela app']),
    everything: false,
  });
  assert.deepEqual((await newsAfter(until)).users, new Set());
});

test('who is too far behind is told that anything may have changed', async (context) => {
  const database = await testDatabase(context);
  const store = await database.open();
  context.after(() => store.close());
  await database.query('UPDATE feed_heads SET n = 30000');
  assert.equal((await store.news?.({ changes: 0, revocations: 0 }))?.everything, true);
  assert.equal((await store.news?.({ changes: 20_000, revocations: 0 }))?.everything, false);
});

test('a revocation that was dropped for its age is missed, whatever has come since', async (context) => {
  const database = await testDatabase(context);
  const store = await database.open();
  context.after(() => store.close());
  await store.apply([{ putTokens: [tokenOf(1, 1)] }, { dropTokens: [tokenOf(1, 1).hash] }]);
  const start = { changes: 0, revocations: 0 };
  assert.equal((await store.news?.(start))?.everything, false);
  // As if another had been committed right after the head was read.
  await database.query("UPDATE revocations SET n = 2, kind = 'token', value = 'other'");
  assert.equal((await store.news?.(start))?.everything, true);
});

test('what was written about a user meanwhile, if only a token, makes a unit lose that was decided before', async (context) => {
  const store = await (await testDatabase(context)).open();
  context.after(() => store.close());
  await store.apply([creating(1)]);
  const { users, revisions } = await store.load({ users: [1] });
  const user = users.get(1) ?? assert.fail('There is no user.');
  await store.apply([{ putTokens: [tokenOf(1, 1)] }]);
  const failure = { activity: { user: 1, activity: { failedAttempts: 1 } }, ...(revisions && { revisions }) };
  assert.deepEqual(await store.apply([failure]), ['lost']);
  assert.deepEqual(
    await store.apply([{ ...changing(user, { ...user.fields, owner: true }), ...(revisions && { revisions }) }]),
    ['lost'],
  );
  const { revisions: now } = await store.load({ users: [1] });
  assert.deepEqual(await store.apply([{ ...failure, ...(now && { revisions: now }) }]), [{ position: null }]);
});
