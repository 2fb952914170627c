import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Change, verifyChanges } from '#core/change.ts';
import type { Positioned, Store } from '#core/ports.ts';
import type { OpenStore } from './opened.ts';
import { changing, creating, userIn } from './samples.ts';

const withoutPosition = ({ position: _, ...change }: Positioned<Change>): Change => change;

/** The feed after a position, read to its end in portions. */
async function readFeed(store: Store, portion: number): Promise<Positioned<Change>[]> {
  const changes: Positioned<Change>[] = [];
  for (;;) {
    const next = await store.feed(changes.at(-1)?.position, portion);
    if (next.length === 0) return changes;
    changes.push(...next);
  }
}

/** The history: in order of commit, complete, verifiable. */
export function historyConforms(open: OpenStore): void {
  test('the order of the feed is the order of commit', async () => {
    const { store, reopen } = await open();
    const committed: { readonly position: string; readonly after: number }[] = [];
    const writeTo = async (key: number) => {
      let unit = creating(key);
      for (let round = 0; round < 10; round += 1) {
        const after = committed.length;
        const [outcome] = await store.apply([unit]);
        assert.ok(outcome !== undefined && outcome !== 'lost' && outcome.position !== null);
        committed.push({ position: outcome.position, after });
        unit = changing(unit.user.after, { ...unit.user.after.fields, 'profile.nickName': `round ${round}` });
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, index) => writeTo(index + 1)));
    const feed = await readFeed(store, 7);
    const places = new Map(feed.map(({ position }, place) => [position, place]));
    const order = committed.map(
      ({ position }) => places.get(position) ?? assert.fail(`${position} is not in the feed`),
    );
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      [...feed.keys()],
    );
    // What was acknowledged before a unit was given stands before it.
    for (const [index, { after }] of committed.entries()) {
      assert.ok(order.slice(0, after).every((place) => place < (order[index] ?? 0)));
    }
    assert.deepEqual(await readFeed(await reopen(), 100), feed);
  });

  test('units of one batch stand in the feed in their order, losers not at all', async () => {
    const { store } = await open();
    await store.apply([creating(3), creating(1), creating(1), creating(2)]);
    const feed = await store.feed(undefined, 10);
    assert.deepEqual(
      feed.map(({ subject }) => subject.key),
      [3, 1, 2],
    );
    assert.deepEqual(await store.feed(feed[0]?.position, 1), feed.slice(1, 2));
    assert.deepEqual(await store.feed(feed[2]?.position, 10), []);
    await assert.rejects(store.feed('nowhere', 1), { code: 'invalid_argument' });
  });

  test('the changes of a subject come oldest first, and verify', async () => {
    const { store } = await open();
    let unit = creating(1);
    await store.apply([unit, creating(2)]);
    for (let version = 2; version <= 12; version += 1) {
      unit = changing(unit.user.after, { ...unit.user.after.fields, 'profile.nickName': `nick ${version}` });
      await store.apply([unit]);
    }
    const changes = await store.changesOf('user', 1);
    assert.deepEqual(
      changes.map(({ version }) => version),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    );
    assert.deepEqual(verifyChanges(await userIn(store, 1), changes.map(withoutPosition)), { ok: true });
    assert.deepEqual(await store.changesOf('user', 99), []);
  });

  test('any part of a long history is read by itself', async () => {
    const { store, reopen } = await open();
    let unit = creating(1);
    await store.apply([unit, creating(2)]);
    for (let version = 2; version <= 50; version += 1) {
      unit = changing(unit.user.after, { ...unit.user.after.fields, 'profile.nickName': `nick ${version}` });
      await store.apply([unit, ...(version === 20 ? [creating(3)] : [])]);
    }
    const whole = await store.changesOf('user', 1);
    assert.deepEqual(
      whole.map(({ version }) => version),
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    for (const version of [10, 15, 16, 17, 31, 32]) {
      const { fields } = unit.user.after;
      const stale = changing({ ...unit.user.after, version }, { ...fields, 'profile.nickName': 'stale' });
      assert.deepEqual(await store.apply([stale]), ['lost']);
    }
    const reopened = await reopen();
    const page = fc.record({ after: fc.nat(60), limit: fc.nat(60) });
    await fc.assert(
      fc.asyncProperty(page, async ({ after, limit }) => {
        assert.deepEqual(await reopened.changesOf('user', 1, { after, limit }), whole.slice(after, after + limit));
        assert.deepEqual(await reopened.changesOf('user', 1, { after }), whole.slice(after));
      }),
    );
  });

  test('a change whose values are erased still verifies, and one that was edited does not', async () => {
    const { store } = await open();
    const { user, ...first } = creating(1);
    const { changes: _changes, salt: _salt, ...erased } = first.change;
    const second = changing(user.after, { username: 'new' }, { request: 'r1', address: '::1' });
    await store.apply([{ ...first, user, change: erased }, second]);
    const changes = (await store.changesOf('user', 1)).map(withoutPosition);
    assert.deepEqual(changes, [erased, second.change]);
    assert.deepEqual(verifyChanges(await userIn(store, 1), changes), { ok: true });
    const edited = changes.map((change) => ({ ...change, at: change.at.replace('2026', '2025') }));
    assert.equal(verifyChanges(await userIn(store, 1), edited).ok, false);
  });
}
