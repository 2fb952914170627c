import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { dialects } from '#dialects/index.ts';
import { personOf } from '#muster/cli/people.ts';
import { compose } from '#muster/compose.ts';
import { readConfig } from '#muster/config.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import { DoomedProcess } from './crash-process.ts';
import { verifyFile } from './crash-verify.ts';
import { quietLog } from './directory.ts';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '../src/cli.ts');
const seed = (...args: string[]) => run(process.execPath, [cli, 'seed', ...args]);

function newPath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-seed-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'muster.db');
}

test('muster seed fills a store with the same people each time, and adds none twice', async (context) => {
  const path = newPath(context);
  for (const count of ['30', '40']) {
    const { stdout } = await seed('--users', count, '--store', `sqlite:${path}`);
    assert.match(stdout, new RegExp(`the first ${count} people`));
  }
  const store = await openSqliteStore({ path });
  const { users } = await store.find({ op: 'all' }, { limit: 100, offset: 0 });
  await store.close();
  const people = users.filter(({ fields }) => fields.username?.startsWith('user-'));
  assert.equal(people.length, 40);
  assert.equal(users.length, 41);
  for (const { fields } of people) {
    const { patch = {} } = personOf(Number(fields.username?.slice(5)), 1);
    assert.deepEqual({ ...fields, ...patch }, fields);
  }
});

/** All that is stored of users, but times, salts, guids, and the digests that depend on them. */
function rowsIn(path: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true });
  const tables = ['users', 'identifiers', 'names', 'changes', 'change_values', 'sequences', 'feed_heads', 'activity'];
  const rows = tables.map((table) => db.prepare(`SELECT * FROM ${table}`).all());
  db.close();
  return rows.map((table) => table.map(comparable).sort());
}

function comparable(row: Record<string, unknown>): string {
  const plain = Object.entries(row).filter(([column, value]) => column !== 'salt' && !(value instanceof Uint8Array));
  return JSON.stringify(plain)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'a guid');
}

test('a seeded store is, row for row, one in which each of them was created by create-user', async (context) => {
  const [seeded, created] = [newPath(context), newPath(context)];
  // More than fit into a transaction, and not a multiple of them.
  const count = 700;
  await seed('--users', String(count), '--store', `sqlite:${seeded}`);
  const muster = await compose(readConfig(['--store', `sqlite:${created}`], {}, dialects), quietLog);
  const acting = muster.directory.as(systemActor, { dialect: 'seed' });
  for (let n = 1; n <= count; n += 1) await acting.run(createUser, personOf(n, 1));
  await muster.close();
  assert.deepEqual(rowsIn(seeded), rowsIn(created));
  assert.equal((await verifyFile(seeded)).size, count + 1);
});

test('seeding that is killed leaves whole users alone, and goes on where it was', async (context) => {
  const path = newPath(context);
  for (let kill = 1; kill <= 3; kill += 1) {
    const child = new DoomedProcess([cli, 'seed', '--users', '100000', '--store', `sqlite:${path}`]);
    while (!child.hasEnded && usersIn(path) < kill * 300) await sleep(1);
    await child.kill();
    await verifyFile(path);
  }
  const count = usersIn(path) + 300;
  await seed('--users', String(count), '--store', `sqlite:${path}`);
  const survivors = await verifyFile(path);
  assert.equal(survivors.size, count + 1);
  for (const { user } of survivors.values()) {
    assert.equal(user.ids['zitadel'], String(user.key));
    assert.equal(user.fields.username, user.key === 1 ? 'admin' : `user-${user.key - 1}`);
  }
});

/** The users at this moment; none while there is no table of them. */
function usersIn(path: string): number {
  try {
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      return db.prepare('SELECT count(*) AS count FROM users').get()?.['count'] as number;
    } finally {
      db.close();
    }
  } catch {
    return 0;
  }
}

test('muster seed says what is wrong with a number in one line', async () => {
  for (const args of [[], ['--users', '1.5']]) {
    await assert.rejects(seed(...args, '--store', 'sqlite::memory:'), {
      code: 2,
      stderr: 'muster: --users needs a number, such as 1000.\n',
    });
  }
});

test('the people are many kinds: with and without address, phone and data, locked and disabled, in several languages', () => {
  const people = Array.from({ length: 2000 }, (_, index) => personOf(index + 1, 1));
  for (const has of [
    ({ email }) => email !== undefined,
    ({ email }) => email === undefined,
    ({ phone }) => phone !== undefined,
    ({ patch }) => patch?.data !== undefined,
    ({ state }) => state?.locked === true,
    ({ state }) => state?.disabled === true,
    ({ patch }) => patch?.['profile.language'] === 'ja',
  ] satisfies ((person: ReturnType<typeof personOf>) => boolean)[]) {
    const share = people.filter(has).length / people.length;
    assert.ok(share > 0 && share < 1, `${has} holds for ${share} of the people`);
  }
});
