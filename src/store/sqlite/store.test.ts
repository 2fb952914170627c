import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { verifyChanges } from '#core/change.ts';
import { remainsKeptMs } from '#core/erasure.ts';
import { later } from '#core/instant.ts';
import { changing, creating, userIn } from '#store/conformance/samples.ts';
import { quietLog } from '#test/directory.ts';
import { knownMigrations, migrate, schemaOf } from './migrations.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-sqlite-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const newPath = (name: string): string => join(folder, name, 'muster.db');

test('schema.sql is what the migrations make (node --test --test-update-snapshots writes it)', (t) => {
  const db = new DatabaseSync(':memory:');
  migrate(db, knownMigrations());
  t.assert.fileSnapshot(schemaOf(db), join(import.meta.dirname, 'schema.sql'), { serializers: [String] });
});

test('migrations run once each, and a failing one leaves no trace', () => {
  const db = new DatabaseSync(':memory:');
  const first = { name: '1', checksum: 'a', sql: 'CREATE TABLE one (x)' };
  const second = { name: '2', checksum: 'b', sql: 'CREATE TABLE two (x)' };
  const broken = { name: '3', checksum: 'c', sql: 'CREATE TABLE three (x); CREATE TABLE one (x)' };
  migrate(db, [first]);
  migrate(db, [first, second]);
  assert.throws(() => migrate(db, [first, second, broken]), /already exists/);
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  assert.deepEqual(
    tables.map(({ name }) => name),
    ['migrations', 'one', 'two'],
  );
});

test('the files are their owner’s alone, and closing leaves the database whole in one file', async () => {
  const path = newPath('modes');
  const store = await openSqliteStore({ path });
  await store.apply([creating(1)]);
  assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
  for (const file of readdirSync(join(path, '..'))) {
    assert.equal(statSync(join(path, '..', file)).mode & 0o777, 0o600, file);
  }
  await store.close();
  assert.deepEqual(readdirSync(join(path, '..')).sort(), ['muster.db', 'muster.db.lock']);
});

test('a store in memory is a private folder that closing removes, and the end of the process too', async (t) => {
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
  t.after(() => (before === undefined ? delete process.env['TMPDIR'] : Object.assign(process.env, { TMPDIR: before })));
  const store = await openSqliteStore({ path: ':memory:' });
  await store.apply([creating(1)]);
  const [made = ''] = readdirSync(temporary);
  assert.equal(statSync(join(temporary, made)).mode & 0o777, 0o700);
  await store.close();
  assert.deepEqual(readdirSync(temporary), []);
  const program = `import { openSqliteStore } from '${new URL('./store.ts', import.meta.url)}';
    await openSqliteStore({ path: ':memory:' });
    process.exit(Number(fs.readdirSync(process.env.TMPDIR).length === 1));`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program]);
  assert.equal(status, 1);
  assert.deepEqual(readdirSync(temporary), []);
});

test('the log is reused from its start, and does not grow without end', async () => {
  const path = newPath('log');
  const store = await openSqliteStore({ path });
  const sizes: number[] = [];
  let unit = creating(1, { data: { text: 'x'.repeat(50_000) } });
  for (let round = 0; round < 1600; round += 1) {
    await store.apply([unit]);
    unit = changing(unit.user.after, { ...unit.user.after.fields, 'profile.nickName': `round ${round}` });
    sizes.push(statSync(`${path}-wal`).size);
  }
  assert.equal(sizes.at(-1), sizes.at(-100));
  assert.ok(Math.max(...sizes) < 80_000_000, `${Math.max(...sizes)}`);
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => a - b),
  );
  await store.close();
});

test('a history from before the runs is found again', async () => {
  const path = newPath('old');
  mkdirSync(join(folder, 'old'));
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL');
  migrate(db, knownMigrations().slice(0, 2));
  const versions: Readonly<Record<number, number>> = { 1: 1, 2: 16, 3: 17, 4: 40 };
  const digest = Buffer.alloc(32);
  const insertUser =
    db.prepare(`INSERT INTO users (key, realm, kind, version, deleted, digest, created_at, changed_at, ids, fields)
    VALUES (?, 1, 0, ?, 0, ?, '', '', '{}', '{}')`);
  const insertChange =
    db.prepare(`INSERT INTO changes (n, subject_kind, subject, version, realm, at, skeleton, values_digest, previous, digest)
    VALUES (?, 0, ?, ?, 1, '', '{}', ?, ?, ?)`);
  for (const [key, version] of Object.entries(versions)) insertUser.run(Number(key), version, digest);
  let n = 0;
  for (let version = 1; version <= 40; version += 1) {
    for (const [key, last] of Object.entries(versions)) {
      if (version <= last) insertChange.run(++n, Number(key), version, digest, Buffer.alloc(0), digest);
    }
  }
  db.exec(`UPDATE feed_heads SET n = ${n}`);
  db.close();
  const store = await openSqliteStore({ path });
  for (const [key, version] of Object.entries(versions)) {
    const changes = await store.changesOf('user', Number(key));
    assert.deepEqual(
      changes.map((change) => change.version),
      Array.from({ length: version }, (_, index) => index + 1),
    );
    const user = { ...(await userIn(store, Number(key))), fields: {} };
    assert.deepEqual(await store.apply([changing(user, { username: `user ${key}` })]), [{ position: String(++n) }]);
    assert.equal((await store.changesOf('user', Number(key), { after: version })).length, 1);
  }
  await store.close();
});

test('messages from before they were delivered are given up, and say so', async () => {
  const path = newPath('undelivered');
  mkdirSync(join(folder, 'undelivered'));
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL');
  const before = knownMigrations().findIndex(({ name }) => name.endsWith('_outbox'));
  migrate(db, knownMigrations().slice(0, before));
  db.exec(`INSERT INTO messages (id, realm, user, channel, recipient, created_at, state, sealed)
    VALUES ('m', 1, 1, 'email', 'mini@mouse.com', '2026-11-21T10:00:00.000Z', 'waiting', 'a text with its code')`);
  db.close();
  const store = await openSqliteStore({ path });
  const [message] = await store.messages(1, 10);
  assert.deepEqual([message?.state, message?.sealed], ['failed', '']);
  assert.equal(message?.lastError, 'It was written before messages were delivered.');
  await store.close();
});

test('metadata from before it was searched is found by its key in any case', () => {
  const db = new DatabaseSync(':memory:');
  const before = knownMigrations().findIndex(({ name }) => name.endsWith('_metadata_search'));
  migrate(db, knownMigrations().slice(0, before));
  db.exec(`INSERT INTO metadata (user, key, created_at, changed_at, value)
    VALUES (1, 'Straße ΑΣ', 'a', 'b', x'00ff'), (2, 'PET', '', '', x'01')`);
  migrate(db, knownMigrations());
  const rows = db.prepare('SELECT user, key, folded, created_at, changed_at, hex(value) AS value FROM metadata').all();
  assert.deepEqual(
    rows.map((row) => Object.values(row)),
    [
      [1, 'Straße ΑΣ', 'strasse ασ', 'a', 'b', '00FF'],
      [2, 'PET', 'pet', '', '', '01'],
    ],
  );
});

test('a claim of the process before is void when the database is opened again', async () => {
  const path = newPath('claimed');
  let store = await openSqliteStore({ path });
  const [createdAt, expiresAt] = ['2026-11-21T10:00:00.000Z', '2026-11-21T11:00:00.000Z'];
  const to = { channel: 'email', to: 'mini@mouse.com' } as const;
  await store.apply([{ putMessages: [{ id: 'm', realm: 1, user: 1, ...to, createdAt, expiresAt, sealed: 'sealed' }] }]);
  const claim = { claim: 'a', channel: 'email', now: createdAt, until: expiresAt, limit: 1 } as const;
  assert.equal((await store.claimMessages(claim)).length, 1);
  assert.equal((await store.claimMessages(claim)).length, 0);
  await store.close();
  store = await openSqliteStore({ path });
  assert.equal((await store.claimMessages({ ...claim, claim: 'b' })).length, 1);
  assert.equal(await store.settleMessage({ id: 'm', claim: 'a', outcome: { state: 'delivered' } }), false);
  await store.close();
});

test('the numbers in use are kept with the commit that uses them', async () => {
  const path = newPath('numbers');
  const store = await openSqliteStore({ path });
  await store.allocate('id:zitadel', 10);
  await store.allocate('networks', 10);
  await store.apply([creating(1, {}, { zitadel: '4', accela: '1', twosms: 'a-guid' })]);
  await store.close();
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare('SELECT name, next FROM sequences ORDER BY name').all();
  db.close();
  const expected = { 'id:accela': 2, 'id:zitadel': 5, networks: 11, user: 2 };
  assert.deepEqual(Object.fromEntries(rows.map(({ name, next }) => [name, next])), expected);
});

test('a person’s values can be erased, and the chain still verifies', async () => {
  const path = newPath('erased');
  const store = await openSqliteStore({ path });
  const unit = creating(1, { 'profile.givenName': 'Minnie' });
  await store.apply([unit, changing(unit.user.after, { username: 'new' })]);
  const db = new DatabaseSync(path);
  db.exec('DELETE FROM change_values');
  db.close();
  const changes = await store.changesOf('user', 1);
  assert.deepEqual(
    changes.map((change) => 'changes' in change),
    [false, false],
  );
  assert.deepEqual(verifyChanges(await userIn(store, 1), changes), { ok: true });
  await store.close();
});

test('what a deleted user has left is not in the file any more once it is erased', async () => {
  const path = newPath('erased');
  const store = await openSqliteStore({ path });
  const isKept = { user: 1, name: 'password', revision: 1, doc: { hash: 'hash-of-ann' } } as const;
  const address = { 'email.address': 'ann@mouse.example' };
  await store.apply([{ ...creating(1, { 'profile.nickName': 'Annchen', ...address }), putSecrets: [isKept] }]);
  const ann = await userIn(store, 1);
  const left = { 'profile.nickName': 'Ann of before', ...address };
  await store.apply([changing(ann, { lifecycle: 'deleted', ...left })]);
  const { changedAt } = await userIn(store, 1);
  await store.prune(later(changedAt, remainsKeptMs + 1));
  await store.close();
  const bytes = readFileSync(path, 'latin1');
  const texts = ['hash-of-ann', 'Annchen', 'Ann of before', 'ann@mouse.example'];
  assert.deepEqual(
    texts.filter((text) => bytes.includes(text)),
    [],
  );
});

test('when the thread that writes is gone, nothing is read that may not be on the disk', async () => {
  const { port1, port2 } = new MessageChannel();
  const program = `import { parentPort, workerData } from 'node:worker_threads';
    import { answerWrites } from '${new URL('./writing.ts', import.meta.url)}';
    answerWrites(parentPort, workerData);
    workerData.port.on('message', () => process.exit(1));`;
  const path = newPath('gone');
  const writing = {
    program: new URL(`data:text/javascript,${encodeURIComponent(program)}`),
    data: { port: port2 },
    transfer: [port2],
  };
  const store = await openSqliteStore({ path, writing });
  await store.apply([creating(1)]);
  port1.postMessage('go');
  await once(port1, 'close');
  const gone = { code: 'unavailable', reason: 'store_unavailable' };
  await assert.rejects(async () => {
    // It is known to be gone a moment after its port is.
    for (;;) await store.load({ users: [1] });
  }, gone);
  await assert.rejects(store.changesOf('user', 1), gone);
  await assert.rejects(store.apply([creating(2)]), gone);
  await store.close();
  const again = await openSqliteStore({ path });
  assert.equal((await again.load({ users: [1] })).users.size, 1);
  await again.close();
});

test('a log that cannot be written back is told of, kept, and written back later', async () => {
  const path = newPath('kept');
  const told: object[] = [];
  const log = { ...quietLog, warn: (facts: object) => told.push(facts) };
  const store = await openSqliteStore({ path, log });
  let unit = creating(1, { data: { text: 'x'.repeat(60_000) } });
  const write = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) {
      await store.apply([unit]);
      unit = changing(unit.user.after, {
        ...unit.user.after.fields,
        'profile.nickName': `round ${unit.user.after.version}`,
      });
    }
  };
  await write(100);
  // The thread that writes back cannot begin: what it finds under this name is no file.
  renameSync(path, `${path}.away`);
  mkdirSync(path);
  for (let rounds = 0; told.length === 0 && rounds < 1000; rounds += 20) await write(20);
  rmdirSync(path);
  renameSync(`${path}.away`, path);
  await write(900);
  assert.ok(told.length > 0 && told.length < 20, `${told.length}`);
  assert.ok(statSync(`${path}-wal`).size < 80_000_000);
  await store.close();
  assert.deepEqual(readdirSync(join(folder, 'kept')).sort(), ['muster.db', 'muster.db.lock']);
});

test('a search that takes too long is given up', async () => {
  const store = await openSqliteStore({ path: ':memory:', searchTimeMs: 1 });
  await store.apply([creating(1)]);
  const timedOut = { code: 'deadline_exceeded', reason: 'search_timed_out' };
  await assert.rejects(store.find({ op: 'all' }, { offset: 0, limit: 1 }), timedOut);
  await store.close();
});

test('a search is given up while it looks for metadata, too, that nobody has', async () => {
  const store = await openSqliteStore({ path: ':memory:', searchTimeMs: 100 });
  const [createdAt, changedAt] = ['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:00.000Z'];
  const keys = Array.from({ length: 500 }, (_, index) => `a key of metadata, number ${index}`);
  const entry = (user: number) => (key: string) => ({ user, key, value: 'AA==', createdAt, changedAt });
  await store.apply(
    Array.from({ length: 64 }, (_, index) => ({ ...creating(index + 1), putMetadata: keys.map(entry(index + 1)) })),
  );
  await store.prepareSearches();
  const none = { op: 'key', method: 'contains', ignoreCase: false } as const;
  const filters = keys.map((key) => ({ ...none, text: `${key}, or no key at all` }));
  const timedOut = { code: 'deadline_exceeded', reason: 'search_timed_out' };
  await assert.rejects(store.count({ op: 'metadata', entry: { op: 'or', filters } }), timedOut);
  await store.close();
});
