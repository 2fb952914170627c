import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenStore } from './opened.ts';
import { changing, creating, heldName, userIn } from './samples.ts';

/** Names are unique, whoever asks first. */
export function namesConform(open: OpenStore): void {
  test('a name that somebody holds makes a unit lose', async () => {
    const { store } = await open();
    await store.apply([creating(1, { username: 'Minnie' }), creating(2)]);
    assert.deepEqual(await store.apply([creating(3, { username: 'MINNIE' }, { zitadel: '3' })]), ['lost']);
    const two = await userIn(store, 2);
    assert.deepEqual(await store.apply([changing(two, { ...two.fields, 'loginNames.accela': 'minnie' })]), ['lost']);
    const { names, ids, users } = await store.load({
      names: ['minnie', 'user2'],
      ids: [{ dialect: 'zitadel', value: '3' }],
      users: [3],
    });
    assert.deepEqual(
      [...names],
      [
        ['minnie', 1],
        ['user2', 2],
      ],
    );
    assert.equal(ids.size + users.size, 0);
  });

  test('of many who claim one name at once, exactly one gets it', async () => {
    const { store } = await open();
    const claims = Array.from({ length: 30 }, (_, index) => creating(index + 1, { username: 'wanted' }));
    const together = store.apply(claims.slice(0, 15));
    const apart = claims.slice(15).map((claim) => store.apply([claim]));
    const outcomes = (await Promise.all([together, ...apart])).flat();
    assert.equal(outcomes.filter((outcome) => outcome !== 'lost').length, 1);
    const { users, names } = await store.load({ users: claims.map(({ user }) => user.after.key), names: ['wanted'] });
    assert.deepEqual([...users.keys()], [...names.values()]);
  });

  test('a name is free once it is given up, within one batch too', async () => {
    const { store } = await open();
    await store.apply([creating(1, { username: 'first' })]);
    const one = await userIn(store, 1);
    const outcomes = await store.apply([changing(one, { username: 'second' }), creating(2, { username: 'first' })]);
    assert.ok(!outcomes.includes('lost'));
    assert.deepEqual(
      [...(await store.load({ names: ['first', 'second'] })).names],
      [
        ['first', 2],
        ['second', 1],
      ],
    );
  });

  test('holding a name already is no conflict, and nobody gives up what is not theirs', async () => {
    const { store } = await open();
    await store.apply([creating(1, { username: 'same' }), creating(2)]);
    const [one, two] = [await userIn(store, 1), await userIn(store, 2)];
    const again = { ...changing(one, { ...one.fields, owner: true }), addNames: [heldName('same')] };
    const thief = { ...changing(two, { ...two.fields, owner: true }), removeNames: ['same'] };
    assert.ok(!(await store.apply([again, thief])).includes('lost'));
    assert.equal((await store.load({ names: ['same'] })).names.get('same'), 1);
  });

  test('keys are compared as bytes', async () => {
    const { store } = await open();
    const keys = ['a', 'A', 'á', 'a\u0301', 'a ', 'ａ', 'ß', 'ss'];
    const units = keys.map((key, index) => ({ ...creating(index + 1), addNames: [heldName(key)] }));
    assert.ok(!(await store.apply(units)).includes('lost'));
    const { names } = await store.load({ names: keys });
    assert.deepEqual(
      [...names],
      keys.map((key, index) => [key, index + 1]),
    );
  });
}
