import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type Change, verifyChanges } from '#core/change.ts';
import { recordedMetadata } from '#core/metadata.ts';
import { allMetadata } from '#core/metadata-search.ts';
import { nameKey } from '#core/names.ts';
import type { Positioned, Store } from '#core/ports.ts';
import { namesOf, type User } from '#core/user.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';

/** A user with its whole history, as a crash has left it. */
export interface Survivor {
  readonly user: User;
  readonly changes: readonly Positioned<Change>[];
}

/** Opens the file that a killed process has left, and checks that SQLite finds it whole, and what is in it. */
export async function verifyFile(path: string): Promise<ReadonlyMap<number, Survivor>> {
  // Killed before it got there: nothing can have been acknowledged.
  if (!existsSync(path)) return new Map();
  const store = await openSqliteStore({ path });
  try {
    assert.equal(integrityOf(path), 'ok');
    return await verifyStore(store);
  } finally {
    await store.close();
  }
}

/**
 * Checks that nothing in a store is half there: every history is without gaps, verifies, and adds up to its user, the
 * feed holds each change once, and names and ids lead to their users. Answers the users by their key.
 */
export async function verifyStore(store: Store): Promise<ReadonlyMap<number, Survivor>> {
  const feed = await wholeFeed(store);
  const changesOf = Map.groupBy(
    feed.filter(({ subject }) => subject.kind === 'user'),
    ({ subject }) => subject.key,
  );
  const keys = new Set(changesOf.keys());
  const { users } = await store.load({ users: keys });
  const survivors = new Map<number, Survivor>();
  for (const key of keys) {
    const [user, changes] = [users.get(key), await store.changesOf('user', key)];
    assert.ok(user, `user ${key} is in the feed, but not in the store`);
    const metadata = recordedMetadata(await allMetadata(store, key));
    assert.deepEqual(verifyChanges({ ...user, metadata }, changes), { ok: true });
    assert.deepEqual(changes, changesOf.get(key));
    await assertIdentity(store, user);
    survivors.set(key, { user, changes });
  }
  const everybody = await store.find({ op: 'all' }, { offset: 0, limit: keys.size + 1 });
  assert.deepEqual(
    everybody.users.map(({ key }) => key),
    [...keys].sort((a, b) => a - b),
  );
  return survivors;
}

function integrityOf(path: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  } finally {
    db.close();
  }
}

async function wholeFeed(store: Store): Promise<Positioned<Change>[]> {
  const feed: Positioned<Change>[] = [];
  for (;;) {
    const next = await store.feed(feed.at(-1)?.position, 1000);
    if (next.length === 0) return feed;
    feed.push(...next);
  }
}

async function assertIdentity(store: Store, user: User): Promise<void> {
  const wanted = Object.entries(user.ids).map(([dialect, value]) => ({ dialect, value }));
  const { ids, names } = await store.load({ ids: wanted, names: namesOf(user.fields).map(nameKey) });
  assert.equal(ids.size, wanted.length);
  for (const holder of [...ids.values(), ...names.values()]) assert.equal(holder, user.key);
  assert.equal(names.size, new Set(namesOf(user.fields).map(nameKey)).size);
}
