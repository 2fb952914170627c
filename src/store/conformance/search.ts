import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Filter, matches } from '#core/filter.ts';
import type { User } from '#core/user.ts';
import type { OpenStore } from './opened.ts';
import { changing, creating, userIn } from './samples.ts';

const usernames = ['Minnie', 'straße', 'ＦＵＬＬ', 'İstanbul', 'a_b%'];
const lookedFor = [...usernames, 'MINNIE', 'STRASSE', 'full', 'i̇stanbul', 'a_b', 'user7', '', "o'"];

/** Users that differ in everything that can be looked for. Each name is held once. */
const users = fc.array(
  fc.record({ realm: fc.integer({ min: 1, max: 3 }), isMachine: fc.boolean(), isDeleted: fc.boolean() }),
  { minLength: 5, maxLength: 12 },
);

const { filter } = fc.letrec<{ filter: Filter; filters: Filter[] }>((tie) => ({
  filters: fc.array(tie('filter'), { maxLength: 3 }),
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<Filter>({ op: 'all' }),
    fc.record({ op: fc.constant('realm' as const), realm: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ op: fc.constant('user' as const), key: fc.integer({ min: 1, max: 13 }) }),
    fc.record({ op: fc.constant('kind' as const), kind: fc.constantFrom('human' as const, 'machine' as const) }),
    fc.record({ op: fc.constant('name' as const), name: fc.constantFrom(...lookedFor) }),
    fc.record({ op: fc.constantFrom('and' as const, 'or' as const), filters: tie('filters') }),
    fc.record({ op: fc.constant('not' as const), filter: tie('filter') }),
  ),
}));

/** Searching is held against the reference evaluator. */
export function searchConforms(open: OpenStore): void {
  test('a search finds exactly the users that match, in order of creation, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(users, fc.array(filter, { minLength: 10, maxLength: 20 }), async (made, filters) => {
        const { store, close } = await open();
        const units = made.map(({ realm, isMachine, isDeleted }, index) => {
          const username = usernames[index] ?? `user${index}`;
          const unit = creating(index + 1, { username, lifecycle: isDeleted ? 'deleted' : 'active' });
          const after: User = { ...unit.user.after, realm, kind: isMachine ? 'machine' : 'human' };
          return { ...unit, user: { ...unit.user, after } };
        });
        await store.apply(units);
        const everybody = units.map(({ user }) => user.after);
        for (const filter of filters) {
          const expected = everybody.filter((user) => matches(filter, user));
          const whole = await store.find(filter, { offset: 0, limit: 1000 });
          assert.deepEqual(whole, { users: expected, hasMore: false });
          const page = await store.find(filter, { offset: 1, limit: 2 });
          assert.deepEqual(page, { users: expected.slice(1, 3), hasMore: expected.length > 3 });
        }
        await close();
      }),
      { numRuns: 15 },
    );
  });

  test('a search sees what has been committed just now', async () => {
    const { store } = await open();
    await store.apply([creating(1)]);
    const byName: Filter = { op: 'name', name: 'NEW' };
    assert.equal((await store.find(byName, { offset: 0, limit: 1 })).users.length, 0);
    await store.apply([changing(await userIn(store, 1), { username: 'new' })]);
    const { users: found } = await store.find(byName, { offset: 0, limit: 1 });
    assert.deepEqual(found, [await userIn(store, 1)]);
  });
}
