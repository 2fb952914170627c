import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import type { Unit } from '#core/ports.ts';
import type { OpenStore } from './opened.ts';
import { changing, creating, tokenOf, userIn } from './samples.ts';

/** What a batch promises: all of it durable, losers without a trace, neighbours unharmed. */
export function commitsConform(open: OpenStore): void {
  test('what was acknowledged is there after reopening', async () => {
    const { store, reopen } = await open();
    const unit = creating(1, { 'profile.givenName': 'Minnie', data: { a: [1, { b: null }], __proto__: 'no' } });
    await store.apply([unit]);
    assert.deepEqual(await userIn(store, 1), unit.user.after);
    const again = await reopen();
    assert.deepEqual(await userIn(again, 1), unit.user.after);
    const [change] = await again.changesOf('user', 1);
    assert.deepEqual(change, { ...unit.change, position: change?.position });
  });

  test('text comes back as it was, whatever it holds', async () => {
    const { store } = await open();
    const data = JSON.parse(
      '{"__proto__":{"x":1},"quote\'\\"":"\\u0000 \\ud83d\\ude00 e\\u0301","deep":[[[]]],"n":-1.5e-7}',
    );
    await store.apply([creating(1, { data, 'profile.displayName': "Robert'); DROP TABLE users;--" })]);
    const { fields } = await userIn(store, 1);
    assert.equal(JSON.stringify(fields.data), JSON.stringify(data));
    assert.equal(fields['profile.displayName'], "Robert'); DROP TABLE users;--");
  });

  test('many units commit at once, and later ones may build on earlier ones', async () => {
    const { store } = await open();
    const created = Array.from({ length: 200 }, (_, index) => creating(index + 1));
    const changed = created.map(({ user }) => changing(user.after, { ...user.after.fields, owner: true }));
    const outcomes = await store.apply([...created, ...changed]);
    assert.equal(outcomes.length, 400);
    assert.ok(outcomes.every((outcome) => outcome !== 'lost' && outcome.position !== null));
    assert.equal((await userIn(store, 200)).version, 2);
  });

  test('a unit that was decided on another version loses without a trace, and its neighbours commit', async () => {
    const { store } = await open();
    await store.apply([creating(1), creating(2), creating(3)]);
    const [one, two, three] = [await userIn(store, 1), await userIn(store, 2), await userIn(store, 3)];
    await store.apply([changing(two, { ...two.fields, username: 'moved' })]);
    const stale: Unit = {
      ...changing(two, { ...two.fields, username: 'stale' }),
      putTokens: [tokenOf(2, 1)],
      putSecrets: [{ user: 2, name: 'password', revision: 1, doc: { hash: 'x' } }],
      activity: { user: 2, activity: { failedAttempts: 3 } },
    };
    const [first, lost, last] = await store.apply([
      changing(one, { ...one.fields, owner: true }),
      stale,
      changing(three, { ...three.fields, owner: true }),
    ]);
    assert.equal(lost, 'lost');
    assert.ok(first !== 'lost' && last !== 'lost');
    const loaded = await store.load({
      users: [1, 2, 3],
      names: ['stale'],
      tokens: [tokenOf(2, 1).hash],
      secretsOf: [2],
    });
    assert.deepEqual(
      [...loaded.users.values()].map(({ version }) => version),
      [2, 2, 2],
    );
    assert.equal(loaded.users.get(2)?.activity.failedAttempts, 0);
    assert.equal(loaded.names.size + loaded.tokens.size + (loaded.secrets.get(2)?.length ?? 0), 0);
    assert.equal((await store.changesOf('user', 2)).length, 2);
  });

  test('it says whether it can take a write', async () => {
    const { store } = await open();
    await store.check();
    await store.close();
    await assert.rejects(store.check(), { code: 'unavailable' });
  });

  test('a user is created once', async () => {
    const { store } = await open();
    await store.apply([creating(1)]);
    assert.deepEqual(await store.apply([creating(1, { username: 'other' })]), ['lost']);
    assert.equal((await userIn(store, 1)).fields.username, 'user1');
  });

  test('what comes later about the same user loses with it', async () => {
    const { store } = await open();
    await store.apply([creating(1), creating(2)]);
    const [one, two] = [await userIn(store, 1), await userIn(store, 2)];
    await store.apply([changing(one, { ...one.fields, owner: true })]);
    const stale = changing(one, { username: 'stale' });
    const outcomes = await store.apply([
      stale,
      changing(stale.user.after, { username: 'staler' }),
      { activity: { user: 1, activity: { failedAttempts: 1 } } },
      changing(two, { ...two.fields, owner: true }),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome === 'lost'),
      [true, true, true, false],
    );
    assert.equal((await userIn(store, 1)).activity.failedAttempts, 0);
  });

  test('of many who change one version at once, exactly one wins', async () => {
    const { store } = await open();
    await store.apply([creating(1)]);
    const user = await userIn(store, 1);
    const rivals = Array.from({ length: 20 }, (_, index) =>
      changing(user, { ...user.fields, username: `rival${index}` }),
    );
    const outcomes = (await Promise.all(rivals.map((rival) => store.apply([rival])))).flat();
    assert.equal(outcomes.filter((outcome) => outcome !== 'lost').length, 1);
    const winner = rivals[outcomes.findIndex((outcome) => outcome !== 'lost')];
    assert.deepEqual(await userIn(store, 1), winner?.user.after);
  });

  test('a unit that cannot be stored fails its batch, which leaves no trace, and nothing else', async () => {
    const { store } = await open();
    const bad: Unit = { putTokens: [tokenOf(1, 1, { hash: 'not hexadecimal' })] };
    const failure = await store.apply([creating(1), bad]).catch((error: unknown) => error);
    assert.ok(failure instanceof Error && !(failure instanceof DirectoryError));
    assert.equal((await store.load({ users: [1] })).users.size, 0);
    assert.notEqual((await store.apply([creating(1)]))[0], 'lost');
    assert.equal((await store.feed(undefined, 10)).length, 1);
  });

  test('an empty batch and an empty unit are no trouble', async () => {
    const { store } = await open();
    assert.deepEqual(await store.apply([]), []);
    assert.deepEqual(await store.apply([{}]), [{ position: null }]);
  });

  test('a closed store is unavailable', async () => {
    const { store } = await open();
    await store.close();
    const unavailable = { name: 'DirectoryError', code: 'unavailable', reason: 'store_unavailable' };
    await assert.rejects(store.apply([creating(1)]), unavailable);
    await assert.rejects(store.load({ users: [1] }), unavailable);
    await assert.rejects(store.allocate('user', 1), unavailable);
    await store.close();
  });
}
