import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { personOf } from '#muster/cli/people.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '../src/cli.ts');
const seed = (...args: string[]) => run(process.execPath, [cli, 'seed', ...args]);

test('muster seed fills a store with the same people each time, and adds none twice', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-seed-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'muster.db');
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
