import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameKey } from '#core/names.ts';
import { idKey, maxHolders } from '#core/ports.ts';
import type { OpenStore, StoreTraits } from './opened.ts';
import { changing, changingRealm, creating, start, userIn } from './samples.ts';

/** Ids are given once, for ever; free numbers come from the store. */
export function identifiersConform(open: OpenStore, { isShared = false }: StoreTraits): void {
  test('an id leads to its user, also when that is deleted, and is never given again', async () => {
    const { store, reopen } = await open();
    const ids = { zitadel: '7', twosms: '0196a3b0-0000-7000-8000-00000000000a', accela: 'x 7' };
    await store.apply([creating(1, {}, ids)]);
    const user = await userIn(store, 1);
    await store.apply([changing(user, { lifecycle: 'deleted' })]);
    const again = await reopen();
    const wanted = Object.entries(ids).map(([dialect, value]) => ({ dialect, value }));
    const loaded = await again.load({ ids: [...wanted, { dialect: 'devicehive', value: '7' }] });
    assert.deepEqual(
      [...loaded.ids],
      wanted.map(({ dialect, value }) => [idKey(dialect, value), 1]),
    );
    assert.deepEqual(await again.apply([creating(2, {}, { zitadel: '7' })]), ['lost']);
    assert.ok(!(await again.apply([creating(3, {}, { devicehive: '7' })])).includes('lost'));
  });

  test('users are read by their ids, deleted ones too, each for itself', async () => {
    const { store } = await open();
    await store.apply([creating(1, {}, { zitadel: '7', accela: 'x 7' }), creating(2, {}, { zitadel: 'x 7' })]);
    const deleted = await userIn(store, 1);
    await store.apply([changing(deleted, { lifecycle: 'deleted' })]);
    const ids = { zitadel: ['7', '07', 'x 7', '8'], accela: ['x 7', '7'] };
    const wanted = Object.entries(ids).flatMap(([dialect, values]) => values.map((value) => ({ dialect, value })));
    const [one, other] = await Promise.all([store.load({ usersBy: wanted }), store.load({ usersBy: [] })]);
    const [first, second] = [await userIn(store, 1), await userIn(store, 2)];
    assert.deepEqual(
      one.usersBy,
      new Map([
        [idKey('zitadel', '7'), first],
        [idKey('zitadel', 'x 7'), second],
        [idKey('accela', 'x 7'), first],
      ]),
    );
    assert.equal(other.usersBy.size, 0);
  });

  test('users are read by their names and their mail addresses, as many at most', async () => {
    const { store } = await open();
    const withEmail = (address: string) => ({ 'email.address': address });
    await store.apply([
      creating(1, withEmail('Ann@Mouse.example')),
      creating(2, withEmail('ann@mouse.example')),
      ...Array.from({ length: maxHolders + 5 }, (_, n) => creating(n + 3, withEmail('desk@mouse.example'))),
    ]);
    await store.prepareSearches();
    const { usersByName, usersByEmail } = await store.load({
      usersByName: [nameKey('user1'), nameKey('nobody')],
      usersByEmail: ['ann@mouse.example', 'desk@mouse.example', 'nobody@mouse.example'],
    });
    const [first, second] = [await userIn(store, 1), await userIn(store, 2)];
    assert.deepEqual(usersByName, new Map([[nameKey('user1'), first]]));
    assert.deepEqual(new Set(usersByEmail.get('ann@mouse.example')), new Set([first, second]));
    assert.equal(usersByEmail.get('desk@mouse.example')?.length, maxHolders + 1);
    assert.deepEqual(usersByEmail.get('nobody@mouse.example') ?? [], []);
    const desk = await store.find({ op: 'emails', addresses: ['desk@mouse.example'] }, { limit: 100, offset: 0 });
    assert.equal(desk.users.length, maxHolders + 5);
  });

  test('ids are told apart to the letter', async () => {
    const { store } = await open();
    const values = ['7', '07', '7.0', '7e0', '+7', '-7', ' 7', '9007199254740993', '9007199254740992', 'A', 'a', '0'];
    await store.apply(values.map((value, index) => creating(index + 1, {}, { zitadel: value })));
    const { ids } = await store.load({ ids: values.map((value) => ({ dialect: 'zitadel', value })) });
    assert.deepEqual(
      [...ids.values()],
      values.map((_, index) => index + 1),
    );
    assert.deepEqual((await userIn(store, 8)).ids, { zitadel: '9007199254740993' });
  });

  test('numbers start at 1, are given out once, and each sequence counts for itself', async () => {
    const { store } = await open();
    assert.equal(await store.allocate('user', 1), 1);
    assert.equal(await store.allocate('id:zitadel', 10), 1);
    assert.equal(await store.allocate('id:zitadel', 1), 11);
    assert.equal(await store.allocate('id:accela', 2), 1);
    const firsts = await Promise.all(Array.from({ length: 20 }, () => store.allocate('user', 5)));
    assert.equal(new Set(firsts.flatMap((first) => [0, 1, 2, 3, 4].map((step) => first + step))).size, 100);
  });

  test('numbers in use are stepped over, whoever gave them', async () => {
    const { store, reopen } = await open();
    await store.apply([
      creating(1, {}, { zitadel: '2', accela: '1' }),
      creating(5, {}, { zitadel: '9007199254740991', accela: '2' }),
      creating(6, {}, { zitadel: '5', accela: '3' }),
    ]);
    assert.equal(await store.allocate('id:zitadel', 2), 3);
    assert.equal(await store.allocate('id:zitadel', 2), 6);
    assert.equal(await store.allocate('user', 1), 2);
    assert.equal(await store.allocate('user', 3), 7);
    assert.equal(await store.allocate('id:accela', 1), 4);
    const again = await reopen();
    assert.equal(await again.allocate('id:accela', 1), isShared ? 5 : 4);
    assert.equal(await again.allocate('id:zitadel', 1), isShared ? 8 : 1);
  });

  test('numbers that were used are not given out again after reopening, those that were not leave no gap but in a shared store', async () => {
    const { store, reopen } = await open();
    assert.equal(await store.allocate('user', 100), 1);
    assert.equal(await store.allocate('id:accela', 100), 1);
    await store.apply([creating(1, {}, { accela: '1' }), creating(2, {}, { accela: '2' })]);
    const again = await reopen();
    assert.equal(await again.allocate('user', 1), isShared ? 101 : 3);
    assert.equal(await again.allocate('id:accela', 1), isShared ? 101 : 3);
  });

  test('realms have ids and versions too', async () => {
    const { store, reopen } = await open();
    const key = await store.allocate('realm', 1);
    const fields = { name: 'main', language: 'en', region: 'US', timeZone: 'UTC' };
    const times = { createdAt: start, changedAt: start };
    const first = { key, ids: { zitadel: '1', accela: 'MAIN' }, version: 0, digest: '', ...times, fields };
    const made = changingRealm(first);
    assert.ok(!(await store.apply([made])).includes('lost'));
    const rules = { minLength: 8, maxLength: 200 };
    const ruled = changingRealm({ ...made.realm.after, fields: { ...fields, passwordRules: rules } });
    assert.ok(!(await store.apply([ruled])).includes('lost'));
    assert.deepEqual(await store.apply([ruled]), ['lost']);
    assert.deepEqual(await store.apply([changingRealm({ ...first, key: 2 })]), ['lost']);
    const again = await reopen();
    assert.deepEqual((await again.load({ realms: [key, 2] })).realms, new Map([[key, ruled.realm.after]]));
    const asked = [
      { dialect: 'zitadel', value: '1' },
      { dialect: 'accela', value: 'MAIN' },
      { dialect: 'accela', value: '1' },
    ];
    const { realmIds } = await again.load({ realmIds: asked });
    assert.deepEqual(Object.fromEntries(realmIds), { 'zitadel 1': key, 'accela MAIN': key });
    const other = changingRealm({ ...first, key: key + 4, ids: { zitadel: '2' } });
    await again.apply([other]);
    assert.deepEqual(await again.realmsAfter(undefined, 10), [ruled.realm.after, other.realm.after]);
    assert.deepEqual(await again.realmsAfter(undefined, 1), [ruled.realm.after]);
    assert.deepEqual(await again.realmsAfter(key, 10), [other.realm.after]);
    assert.equal((await again.changesOf('realm', key)).length, 2);
    assert.equal((await again.changesOf('user', key)).length, 0);
    assert.equal(await again.allocate('realm:zitadel', 1), 3);
    assert.equal(await again.allocate('realm', 1), 2);
  });
}
