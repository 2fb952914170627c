import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Lifecycle } from '#core/fields.ts';
import {
  type EntryFilter,
  type Filter,
  likeExactly,
  matches,
  type Order,
  orderKey,
  type TextFilter,
} from '#core/filter.ts';
import type { Metadata } from '#core/metadata.ts';
import type { Fields } from '#core/patch.ts';
import type { TextPath } from '#core/searched-text.ts';
import { meets } from '#core/text-match.ts';
import type { User } from '#core/user.ts';
import type { OpenStore } from './opened.ts';
import { changing, creating, start, userIn } from './samples.ts';

const usernames = ['Minnie', 'straße', 'ＦＵＬＬ', 'İstanbul', 'a_b%'];
const lookedFor = [...usernames, 'MINNIE', 'STRASSE', 'full', 'i̇stanbul', 'a_b', 'user7', '', "o'"];

const patterns = [
  '%',
  'a_b%',
  '_innie',
  'a\\_b\\%',
  'M%e',
  'm%',
  '%*%',
  '[%',
  'o*[r]?',
  '\\',
  'a\\',
  '%\0',
  '\ud800',
  '😀_%',
];
const texts = [
  'Anna',
  'anna',
  'ANNA MARIA',
  'Käthi',
  'kÄTHI',
  'Straße',
  'ΑΣΑ',
  'ας',
  'İpek',
  '陽菜',
  '100%_*[x]"',
  ' ',
  'a',
];
const pieces = [
  ...texts,
  '',
  'nn',
  'ann',
  'NNA',
  'ß',
  'STRASSE',
  'Σ',
  'i̇pek',
  '菜',
  '%',
  '*',
  '[x',
  '"',
  'maria',
  '\0',
  '\ud800',
];
const addresses = ['Anna@mouse.example', 'anna@mouse.example', 'käthi@mouse.example'];
const logins = ['o*[r]?', '😀\u{FFFD}1', 'back\\slash', 'MINNIE2'];

const metadataKeys = ['pet', 'PET', 'Straße', 'STRASSE', 'ας', '100%_*[x]"', 'ǅ.a', 'carpet'];
const keyPieces = ['PE', 't', 'aSS', 'Σ', 'ς', 'ǆ', '%', '*', '[x', '', '\0', '\ud800'];
const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64');
const long = (length: number, end: string) => base64(Buffer.alloc(length, 'x').fill(end, length - 1));
/** Some begin alike, some are as long as each other, and one is a piece of another. */
const metadataValues = [
  base64('Pluto'),
  base64('pluto'),
  base64(Uint8Array.of(0, 255, 0xc3, 39)),
  base64(Uint8Array.of(0)),
  long(64, 'x'),
  long(65, 'y'),
  long(65, 'z'),
  long(100_000, 'y'),
  long(100_000, 'z'),
];

/** Users that differ in everything that can be looked for. Each name is held once. */
const users = fc.array(
  fc.record({
    realm: fc.integer({ min: 1, max: 3 }),
    isMachine: fc.boolean(),
    lifecycle: fc.constantFrom('initial', 'active', 'active', 'deleted'),
    isLocked: fc.boolean(),
    isDisabled: fc.boolean(),
    isOwner: fc.boolean(),
    hasLogin: fc.boolean(),
    administers: fc.constantFrom([], ['devicehive'], ['directory'], ['accela', 'zitadel']),
    givenName: fc.option(fc.constantFrom(...texts), { nil: undefined }),
    displayName: fc.option(fc.constantFrom(...texts), { nil: undefined }),
    address: fc.option(fc.constantFrom(...addresses), { nil: undefined }),
    metadata: fc.dictionary(fc.constantFrom(...metadataKeys), fc.constantFrom(...metadataValues), { maxKeys: 3 }),
  }),
  { minLength: 5, maxLength: 12 },
);

const textPath = fc.constantFrom<TextPath>(
  'username',
  'loginNames.devicehive',
  'profile.givenName',
  'profile.displayName',
  'email.address',
);

const order: fc.Arbitrary<Order | undefined> = fc.option(
  fc.oneof(
    fc.record({
      by: fc.constantFrom('id' as const, 'loginName' as const),
      dialect: fc.constantFrom('devicehive', 'accela'),
      descending: fc.boolean(),
    }),
    fc.record({ by: fc.constant('text' as const), path: textPath, descending: fc.boolean() }),
    fc.record({
      by: fc.constantFrom('state' as const, 'kind' as const, 'createdAt' as const),
      descending: fc.boolean(),
    }),
  ),
  { nil: undefined },
);

type Made = typeof users extends fc.Arbitrary<(infer One)[]> ? One : never;

/** These users in an order, by the reference. */
function inOrder(found: readonly User[], wanted: Order | undefined): User[] {
  const sorted = found.toSorted((one, other) => {
    const [key, against] = [orderKey(wanted, one), orderKey(wanted, other)];
    return key.map((part, index) => compare(part, against[index])).find((difference) => difference !== 0) ?? 0;
  });
  return wanted?.descending ? sorted.reverse() : sorted;
}

const methods = ['equals', 'startsWith', 'endsWith', 'contains'] as const;
const textMatch = {
  method: fc.constantFrom(...methods),
  ignoreCase: fc.boolean(),
};

const { entry } = fc.letrec<{ entry: EntryFilter }>((tie) => ({
  entry: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ op: fc.constant('key' as const), text: fc.constantFrom(...metadataKeys, ...keyPieces), ...textMatch }),
    fc.record({ op: fc.constant('value' as const), value: fc.constantFrom(...metadataValues, '', base64('Plut')) }),
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const),
      filters: fc.array(tie('entry'), { maxLength: 3 }),
    }),
    fc.record({ op: fc.constant('not' as const), filter: tie('entry') }),
  ),
}));

const { filter } = fc.letrec<{ filter: Filter; filters: Filter[] }>((tie) => ({
  filters: fc.array(tie('filter'), { maxLength: 3 }),
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<Filter>({ op: 'all' }),
    fc.record({ op: fc.constant('realm' as const), realm: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ op: fc.constant('user' as const), key: fc.integer({ min: 1, max: 13 }) }),
    fc.record({ op: fc.constant('kind' as const), kind: fc.constantFrom('human' as const, 'machine' as const) }),
    fc.record({ op: fc.constant('name' as const), name: fc.constantFrom(...lookedFor) }),
    fc.record({
      op: fc.constant('loginName' as const),
      dialect: fc.constantFrom('devicehive', 'accela'),
      like: fc.constantFrom(...patterns, ...[...usernames, ...logins].map(likeExactly)),
    }),
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constant('text' as const),
        path: textPath,
        text: fc.constantFrom(...pieces, ...usernames, ...addresses),
        ...textMatch,
      }),
    },
    fc.record({
      op: fc.constant('ids' as const),
      dialect: fc.constantFrom('devicehive', 'accela'),
      ids: fc.subarray(['107', '100', '5', '6', '08', '', 'none', '\0']),
    }),
    fc.record({ op: fc.constant('emails' as const), addresses: fc.subarray([...addresses, 'ANNA@mouse.example', '']) }),
    fc.record({
      op: fc.constant('state' as const),
      state: fc.constantFrom('initial' as const, 'active' as const, 'disabled' as const, 'locked' as const),
    }),
    fc.record({ op: fc.constant('administers' as const), dialect: fc.constantFrom('devicehive', 'accela') }),
    { weight: 3, arbitrary: fc.record({ op: fc.constant('metadata' as const), entry }) },
    fc.record({ op: fc.constantFrom('and' as const, 'or' as const), filters: tie('filters') }),
    fc.record({ op: fc.constant('not' as const), filter: tie('filter') }),
  ),
}));

/** Numbers by size, text by code points. */
function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number') return one - Number(other);
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
}

/** The user with this number: names are held once, and ids do not come in the order of creation. */
function madeUser(made: Made, index: number) {
  const login = made.hasLogin ? logins[index] : undefined;
  const fields: Fields = {
    username: usernames[index] ?? `user${index}`,
    lifecycle: made.lifecycle as Lifecycle,
    ...(login === undefined ? {} : { 'loginNames.devicehive': login }),
    ...(made.isLocked ? { lockedAt: start } : {}),
    ...(made.isDisabled ? { disabledAt: start } : {}),
    ...(made.isOwner ? { owner: true } : {}),
    ...(made.administers.length > 0 ? { administers: made.administers } : {}),
    ...(made.givenName === undefined ? {} : { 'profile.givenName': made.givenName }),
    ...(made.displayName === undefined ? {} : { 'profile.displayName': made.displayName }),
    ...(made.address === undefined ? {} : { 'email.address': made.address }),
  };
  const unit = creating(index + 1, fields, { devicehive: String(107 - index * 7), accela: String(index + 5) });
  const after: User = { ...unit.user.after, realm: made.realm, kind: made.isMachine ? 'machine' : 'human' };
  const putMetadata = Object.entries(made.metadata).map(
    ([key, value]): Metadata => ({ user: after.key, key, value, createdAt: start, changedAt: start }),
  );
  return { ...unit, user: { ...unit.user, after }, putMetadata };
}

/** Searching is held against the reference evaluator. */
export function searchConforms(open: OpenStore): void {
  test('a search finds exactly the users that match, in the order asked for, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        users,
        fc.array(fc.tuple(filter, order), { minLength: 10, maxLength: 20 }),
        async (made, asked) => {
          const { store, close } = await open();
          const units = made.map(madeUser);
          await store.apply(units);
          const everybody = units.map(({ user }) => user.after);
          const metadataOf = new Map(units.map(({ user, putMetadata }) => [user.after.key, putMetadata]));
          for (const [filter, order] of asked) {
            const matching = everybody.filter((user) => matches(filter, user, metadataOf.get(user.key) ?? []));
            const expected = inOrder(matching, order);
            const inThatOrder = order === undefined ? {} : { order };
            const whole = await store.find(filter, { offset: 0, limit: 1000, ...inThatOrder });
            assert.deepEqual(whole, { users: expected, hasMore: false });
            const page = await store.find(filter, { offset: 1, limit: 2, ...inThatOrder });
            assert.deepEqual(page, { users: expected.slice(1, 3), hasMore: expected.length > 3 });
            assert.equal(await store.count(filter), expected.length);
            const [first] = expected;
            if (first === undefined) continue;
            const rest = await store.find(filter, { offset: 0, limit: 2, after: first, ...inThatOrder });
            assert.deepEqual(rest, page);
          }
          await close();
        },
      ),
      { numRuns: 15 },
    );
  });

  test('a user is found by each key of his metadata, however it is looked for', async () => {
    const { store } = await open();
    const made = metadataKeys.map((key, index) => {
      const metadata = { key, value: 'AA==', createdAt: start, changedAt: start };
      return { ...creating(index + 1), putMetadata: [{ user: index + 1, ...metadata }] };
    });
    await store.apply(made);
    const looked = [...metadataKeys, ...keyPieces].flatMap((text) =>
      methods.flatMap((method) => [true, false].map((ignoreCase) => ({ method, text, ignoreCase }))),
    );
    for (const match of looked) {
      const filter: Filter = { op: 'metadata', entry: { op: 'key', ...match } };
      const { users } = await store.find(filter, { offset: 0, limit: 100 });
      const expected = metadataKeys.filter((key) => meets(key, match));
      const found = users.map(({ key }) => metadataKeys[key - 1]);
      assert.deepEqual(found, expected, JSON.stringify(match));
      const one: Filter = { op: 'and', filters: [{ op: 'user', key: 1 }, filter] };
      assert.equal(await store.count(one), expected.includes(metadataKeys[0] ?? '') ? 1 : 0, JSON.stringify(match));
    }
  });

  test('a search sees what has been committed just now', async () => {
    const { store } = await open();
    await store.apply([creating(1)]);
    const byName: Filter = { op: 'name', name: 'NEW' };
    assert.equal((await store.find(byName, { offset: 0, limit: 1 })).users.length, 0);
    await store.apply([changing(await userIn(store, 1), { username: 'new' })]);
    const beyondAll = { users: [], hasMore: false };
    for (const offset of [2 ** 53 - 1, 2 ** 63, 2 ** 64]) {
      assert.deepEqual(await store.find({ op: 'all' }, { offset, limit: 1 }), beyondAll);
    }
    const { users: found } = await store.find(byName, { offset: 0, limit: 1 });
    assert.deepEqual(found, [await userIn(store, 1)]);
  });

  test('a text is found as it is now, however often it has changed', async () => {
    const { store } = await open();
    const having = (text: string, method: TextFilter['method'] = 'contains'): Filter => {
      return { op: 'text', path: 'profile.givenName', method, text, ignoreCase: true };
    };
    const namesFound = async (filter: Filter) => {
      const { users } = await store.find(filter, { offset: 0, limit: 1000 });
      assert.equal(await store.count(filter), users.length);
      return users.map(({ key }) => key);
    };
    const keys = Array.from({ length: 400 }, (_, index) => index + 1);
    await store.apply(keys.map((key) => creating(key, { 'profile.givenName': `Minnie ${key}` })));
    assert.equal((await namesFound(having('MINNIE'))).length, 400);
    for (const round of [1, 2, 3, 4]) {
      const users = await Promise.all(keys.map((key) => userIn(store, key)));
      const name = (key: number) => `Round ${round} of ${key}`;
      await store.apply(users.map((user) => changing(user, { ...user.fields, 'profile.givenName': name(user.key) })));
      assert.deepEqual(await namesFound(having('MINNIE')), []);
      assert.deepEqual(await namesFound(having(`round ${round - 1}`)), []);
      assert.deepEqual(await namesFound(having('of 77', 'endsWith')), [77]);
      assert.equal((await namesFound(having(`D ${round} OF`))).length, 400);
    }
    const deleted = await userIn(store, 77);
    await store.apply([changing(deleted, { ...deleted.fields, lifecycle: 'deleted' })]);
    assert.deepEqual(await namesFound(having('of 77', 'endsWith')), []);
  });

  test('an address is found as it is now, by whomever it is shared', async () => {
    const { store } = await open();
    const at = async (address: string) => {
      const filter: Filter = { op: 'text', path: 'email.address', method: 'equals', text: address, ignoreCase: true };
      const { users } = await store.find(filter, { offset: 0, limit: 1000 });
      assert.equal(await store.count(filter), users.length);
      return users.length;
    };
    const keys = Array.from({ length: 150 }, (_, index) => index + 1);
    await store.apply(
      keys.map((key) => creating(key, { 'email.address': key > 2 ? 'Shared@x.example' : 'two@x.example' })),
    );
    assert.deepEqual([await at('two@X.example'), await at('shared@x.example')], [2, 148]);
    const user = await userIn(store, 1);
    await store.apply([changing(user, { ...user.fields, 'email.address': 'one@x.example' })]);
    assert.deepEqual([await at('one@x.example'), await at('two@x.example')], [1, 1]);
    const { 'email.address': _, ...without } = (await userIn(store, 1)).fields;
    await store.apply([changing(await userIn(store, 1), without)]);
    assert.equal(await at('one@x.example'), 0);
  });
}
