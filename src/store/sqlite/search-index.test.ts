import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Filter } from '#core/filter.ts';
import type { Store } from '#core/ports.ts';
import { changing, creating, userIn } from '#store/conformance/samples.ts';
import { changesBehind, SearchIndex, searchIndexPath } from './search-index.ts';
import { Searches } from './searches.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-search-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const containing = (text: string): Filter => {
  return { op: 'text', path: 'profile.givenName', method: 'contains', text, ignoreCase: true };
};

async function keysOf(store: Store, text: string): Promise<number[]> {
  const { users } = await store.find(containing(text), { offset: 0, limit: 100 });
  return users.map(({ key }) => key);
}

async function rename(store: Store, key: number, name: string): Promise<void> {
  const user = await userIn(store, key);
  await store.apply([changing(user, { ...user.fields, 'profile.givenName': name })]);
}

/** A store with three users, closed again, whose index is up to date. */
async function filledPath(name: string): Promise<string> {
  const path = join(folder, name, 'muster.db');
  const store = await openSqliteStore({ path });
  await store.apply([1, 2, 3].map((key) => creating(key, { 'profile.givenName': `Minnie ${key}` })));
  await store.prepareSearches();
  await store.close();
  return path;
}

test('the index is for its owner alone, and stays beside the database', async () => {
  const path = await filledPath('kept');
  assert.equal(changesBehind(path), 0);
  if (process.platform !== 'win32') assert.equal(statSync(searchIndexPath(path)).mode & 0o777, 0o600);
  const store = await openSqliteStore({ path });
  await rename(store, 2, 'Minerva');
  assert.equal(changesBehind(path), 1);
  assert.deepEqual([await keysOf(store, 'minnie'), await keysOf(store, 'MINERVA')], [[1, 3], [2]]);
  assert.equal(changesBehind(path), 0);
  await store.close();
});

test('one of another format has everything before it, so that it is made before anybody searches', async () => {
  const path = await filledPath('format');
  assert.equal(changesBehind(path), 0);
  const index = new DatabaseSync(searchIndexPath(path));
  index.exec('PRAGMA user_version = 1');
  index.close();
  assert.equal(changesBehind(path), 3);
  const store = await openSqliteStore({ path });
  await store.prepareSearches();
  assert.equal(changesBehind(path), 0);
  assert.deepEqual(await keysOf(store, 'minnie'), [1, 2, 3]);
  await store.close();
});

test('one that is missing or damaged is made again', async () => {
  const path = await filledPath('damaged');
  for (const spoil of [
    () => rmSync(searchIndexPath(path)),
    () => writeFileSync(searchIndexPath(path), 'no database'),
    () => writeFileSync(searchIndexPath(path), Buffer.alloc(65_536, 7)),
  ]) {
    spoil();
    const store = await openSqliteStore({ path });
    assert.deepEqual(await keysOf(store, 'minnie'), [1, 2, 3]);
    await store.close();
  }
});

test('one that has seen what a database put back from a backup never kept is made again', async () => {
  const path = await filledPath('history');
  const backup = join(folder, 'backup.db');
  cpSync(path, backup);
  const change = async (name: string) => {
    const store = await openSqliteStore({ path });
    await rename(store, 1, name);
    const keys = await keysOf(store, name);
    await store.close();
    return keys;
  };
  assert.deepEqual(await change('Minerva'), [1]);
  cpSync(backup, path);
  const store = await openSqliteStore({ path });
  await rename(store, 3, 'Micky');
  assert.deepEqual(
    [await keysOf(store, 'minerva'), await keysOf(store, 'mick'), await keysOf(store, 'minnie')],
    [[], [3], [1, 2]],
  );
  await store.close();
});

test('who wants it up to date waits for nobody who keeps it up in passing', async () => {
  const path = join(folder, 'in passing', 'muster.db');
  const store = await openSqliteStore({ path });
  await store.apply([creating(1)]);
  await store.prepareSearches();
  await store.apply(Array.from({ length: 7000 }, (_, index) => creating(index + 2)));
  const searches = new Searches(path, 5000, { everyMs: 1, pauseMs: 3_600_000 });
  await searches.start(undefined);
  while (changesBehind(path) > 6500) await pause(1);
  await searches.prepare();
  assert.equal(changesBehind(path), 0);
  await searches.close();
  await store.close();
});

test('who stops while the index is being made is told of no failure', async () => {
  const path = join(folder, 'stopped', 'muster.db');
  const store = await openSqliteStore({ path });
  await store.apply(Array.from({ length: 21_000 }, (_, index) => creating(index + 1)));
  const told: string[] = [];
  const tell = (_facts: object, text: string) => told.push(text);
  const searches = new Searches(path, 5000);
  const started = searches.start({ debug: tell, info: tell, warn: tell, error: tell });
  await searches.close();
  await started;
  assert.deepEqual(told, ['The search index is being made; until it is, searches may be given up.']);
  await store.close();
});

test('a thread that dies is followed by another, which gives up nothing for what its predecessor did', async () => {
  const path = join(folder, 'died', 'muster.db');
  const store = await openSqliteStore({ path });
  await store.apply(Array.from({ length: 7000 }, (_, index) => creating(index + 1, { 'profile.givenName': 'Minnie' })));
  const searches = new Searches(path, 1000);
  const started = once(process, 'worker');
  const slow: Filter = { op: 'or', filters: Array.from({ length: 1900 }, (_, index) => containing(`${index % 90}`)) };
  await searches.count({ op: 'all' });
  await assert.rejects(searches.count(slow), { reason: 'search_timed_out' });
  const [thread] = (await started) as [Worker];
  await thread.terminate();
  assert.equal(await searches.count({ op: 'all' }), 7000);
  await searches.close();
  await store.close();
});

test('what searches take in is written back beside them, and its log starts anew', async () => {
  const path = join(folder, 'written back', 'muster.db');
  const store = await openSqliteStore({ path });
  const keys = Array.from({ length: 4000 }, (_, index) => index + 1);
  await store.apply(keys.map((key) => creating(key)));
  assert.deepEqual(await keysOf(store, 'minnie'), []);
  const index = new DatabaseSync(searchIndexPath(path));
  const pagesInLog = () => index.prepare('PRAGMA wal_checkpoint(NOOP)').get()?.['log'] as number;
  for (let [round, before] = [0, 0]; pagesInLog() >= before; round++) {
    before = pagesInLog();
    const users = await Promise.all(keys.map((key) => userIn(store, key)));
    const renamed = users.map((user) => changing(user, { ...user.fields, 'profile.givenName': `Minnie ${round}` }));
    await store.apply(renamed);
    assert.equal((await keysOf(store, `minnie ${round}`)).length, 100);
  }
  index.close();
  await store.close();
});

test('what has changed goes into the trigrams bit by bit, and leaves nothing behind', async () => {
  const path = join(folder, 'tidy', 'muster.db');
  const store = await openSqliteStore({ path });
  const keys = Array.from({ length: 1500 }, (_, index) => index + 1);
  await store.apply(keys.map((key) => creating(key, { 'profile.givenName': `Minnie ${key}` })));
  await store.prepareSearches();
  for (const name of ['Minerva', 'Micky']) {
    const users = await Promise.all(keys.map((key) => userIn(store, key)));
    await store.apply(
      users.map((user) => changing(user, { ...user.fields, 'profile.givenName': `${name} ${user.key}` })),
    );
  }
  await store.close();
  const index = SearchIndex.open(path);
  const count = (sql: string) => index.db.prepare(`SELECT count(*) AS count FROM ${sql}`).get()?.['count'];
  while (index.advance());
  assert.equal(count('unindexed'), 1500);
  while (index.tidy());
  assert.equal(count('unindexed'), 750);
  assert.equal(count(`trigrams WHERE trigrams MATCH '"nni"'`), 750);
  assert.equal(count(`trigrams WHERE trigrams MATCH '"ick"'`), 750);
  index.db.exec("INSERT INTO trigrams (trigrams) VALUES ('integrity-check')");
  index.close();
});
