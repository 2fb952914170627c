import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyChanges } from '#core/change.ts';
import { remainsKeptMs } from '#core/erasure.ts';
import { later } from '#core/instant.ts';
import { type Metadata, metadataKey } from '#core/metadata.ts';
import { codeRememberedMs } from '#core/policies/code-rules.ts';
import type { DialectRecord, Idempotency, Store } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';
import type { OpenStore } from './opened.ts';
import { changing, creating, messageOf, start, tokenOf, userIn, waiting } from './samples.ts';

const passwordOf = (user: number, revision: number): Secret => ({
  user,
  name: 'password',
  revision,
  doc: { hash: `$argon2id$${revision}` },
});

const codeOf = (user: number, expiresAt: string): Secret => ({
  user,
  name: 'code.email',
  revision: 1,
  doc: { mac: 'ab', target: 'mini@mouse.com', expiresAt, failedAttempts: 0 },
});

const idempotencyOf = (scope: string, expiresAt: string): Idempotency => ({
  scope,
  input: 'digest',
  outcome: 'sealed',
  expiresAt,
});

/** What goes with users: tokens, secrets, messages, activity; and what stands beside them. */
export function belongingsConform(open: OpenStore): void {
  test('tokens are put, replaced, dropped by hash, and dropped by user', async () => {
    const { store, reopen } = await open();
    const tokens = [
      tokenOf(1, 1),
      tokenOf(1, 2, { signedIn: false, expiresAt: later(start, 1), use: 'refresh', rights: null }),
      tokenOf(2, 3),
      tokenOf(1, 4),
    ];
    const all = tokens.map(({ hash }) => hash);
    const held = async () => [...(await store.load({ tokens: all })).tokens.values()];
    await store.apply([{ putTokens: tokens }]);
    assert.deepEqual(await held(), tokens);
    const replaced = tokenOf(1, 4, { rights: 'other' });
    await store.apply([{ putTokens: [replaced] }]);
    assert.deepEqual(await store.apply([{ putTokens: [tokenOf(2, 4)] }]), ['lost']);
    assert.deepEqual((await held())[3], replaced);
    const dropped = [tokenOf(1, 1).hash];
    assert.deepEqual(await store.apply([{ dropTokens: [...dropped, tokenOf(1, 99).hash] }]), ['lost']);
    assert.deepEqual(await store.apply([{ dropTokens: dropped }, { dropTokens: dropped }]), [
      { position: null },
      'lost',
    ]);
    assert.deepEqual(
      (await held()).map(({ id }) => id),
      ['token 2', 'token 3', 'token 4'],
    );
    const fresh = tokenOf(1, 1);
    await store.apply([{ dropTokensOf: { user: 1, which: 'signed-in' }, putTokens: [fresh] }]);
    assert.deepEqual(
      (await held()).map(({ id }) => id),
      ['token 1', 'token 2', 'token 3'],
    );
    await store.apply([{ dropTokensOf: { user: 1, which: 'all' } }]);
    const again = await reopen();
    assert.deepEqual([...(await again.load({ tokens: all })).tokens.values()], [tokens[2]]);
  });

  test('tokens that came of one credential are dropped alone', async () => {
    const { store } = await open();
    const tokens = [
      tokenOf(1, 1, { credential: 'secret' }),
      tokenOf(1, 2, { credential: 'key 1' }),
      tokenOf(1, 3),
      tokenOf(2, 4, { credential: 'secret' }),
    ];
    const held = async () => [...(await store.load({ tokens: tokens.map(({ hash }) => hash) })).tokens.values()];
    await store.apply([{ putTokens: tokens }]);
    assert.deepEqual(await held(), tokens);
    await store.apply([{ dropTokensOf: { user: 1, which: { credential: 'secret' } } }]);
    assert.deepEqual(await held(), tokens.slice(1));
  });

  test('a client has tokens of its own and for users; all of them end with it, and no others', async () => {
    const { store } = await open();
    const { user: _user, ...own } = tokenOf(1, 1, { client: 'app', dialect: 'accela', signedIn: false });
    const tokens = [
      own,
      tokenOf(1, 2, { client: 'app', dialect: 'accela' }),
      tokenOf(1, 3, { client: 'app', dialect: 'twosms' }),
    ];
    const client = { dialect: 'accela', kind: 'client', id: 'app', realm: 1, version: 1, doc: {} };
    await store.apply([{ putTokens: tokens, putRecords: [client] }]);
    assert.deepEqual([...(await store.load({ tokenIds: ['token 1'] })).tokens.values()], [own]);
    assert.deepEqual(await store.tokensIn(1, 10), [own]);
    assert.deepEqual(await store.tokensIn(2, 10), []);
    assert.deepEqual(await store.tokensOf(1, 10), tokens.slice(1));
    assert.deepEqual(await store.recordsIn(1, 'client', 10), [client]);
    assert.deepEqual(await store.recordsIn(2, 'client', 10), []);
    const dropRecords = [{ dialect: 'accela', kind: 'client', id: 'app' }];
    await store.apply([{ dropTokensOfClient: { dialect: 'accela', client: 'app' }, dropRecords }]);
    const left = await store.load({ tokens: tokens.map(({ hash }) => hash), records: dropRecords });
    assert.deepEqual([...left.tokens.values()], [tokens[2]]);
    assert.equal(left.records.size, 0);
  });

  test('the tokens of a realm are the lasting ones and those of the directory, of a user all, oldest first', async () => {
    const { store } = await open();
    const tokens = [
      tokenOf(1, 1, { signedIn: false, createdAt: later(start, 1) }),
      tokenOf(1, 2, { dialect: 'directory' }),
      tokenOf(1, 3),
      tokenOf(2, 4, { signedIn: false, createdAt: later(start, 2) }),
    ];
    await store.apply([creating(1), creating(2), { putTokens: tokens }]);
    const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);
    assert.deepEqual(ids(await store.tokensIn(1, 10)), ['token 2', 'token 1', 'token 4']);
    assert.deepEqual(ids(await store.tokensIn(1, 2)), ['token 2', 'token 1']);
    assert.deepEqual(ids(await store.tokensIn(2, 10)), []);
    assert.deepEqual(ids(await store.tokensIn(1, 10, 'directory')), ['token 2']);
    assert.deepEqual(ids(await store.tokensIn(1, 10, 'zitadel')), []);
    assert.deepEqual(ids(await store.tokensOf(1, 10)), ['token 2', 'token 3', 'token 1']);
    assert.deepEqual(ids(await store.tokensOf(1, 1)), ['token 2']);
    assert.deepEqual(ids(await store.tokensOf(2, 10)), ['token 4']);
  });

  test('secrets are put, replaced and dropped, each by its name', async () => {
    const { store } = await open();
    const code = codeOf(1, later(start, 60_000));
    await store.apply([{ putSecrets: [passwordOf(1, 1), code, passwordOf(2, 1)] }]);
    await store.apply([{ putSecrets: [passwordOf(1, 2)], dropSecrets: [{ user: 2, name: 'password' }] }]);
    const { secrets } = await store.load({ secretsOf: [1, 2, 3] });
    const ofOne = [...(secrets.get(1) ?? [])].sort((a, b) => a.name.localeCompare(b.name));
    assert.deepEqual(ofOne, [code, passwordOf(1, 2)]);
    assert.deepEqual([secrets.get(2), secrets.get(3)], [[], []]);
  });

  test('messages come newest first, of their realm alone, and go with their user', async () => {
    const { store } = await open();
    await store.apply([{ putMessages: [messageOf(1, 3), messageOf(2, 1)] }]);
    await store.apply([{ putMessages: [messageOf(1, 2, { channel: 'text' }), messageOf(3, 4, { realm: 2 })] }]);
    const again = messageOf(2, 1, { to: 'minnie@mouse.com' });
    await store.apply([{ putMessages: [again] }]);
    const [three, two, one] = [messageOf(1, 3), messageOf(1, 2, { channel: 'text' }), again].map(waiting);
    assert.deepEqual(await store.messages(1, 10), [three, two, one]);
    assert.deepEqual(await store.messages(1, 2), [three, two]);
    await store.apply([{ dropMessagesOf: 1, putMessages: [messageOf(1, 5)] }]);
    assert.deepEqual(await store.messages(1, 10), [waiting(messageOf(1, 5)), one]);
  });

  test('metadata is kept by user and key, to the byte, and goes with its user', async () => {
    const { store, reopen } = await open();
    const all = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    const large = Buffer.alloc(500_000, all);
    const row = (user: number, key: string, value: Buffer): Metadata => ({
      ...{ user, key, value: value.toString('base64'), createdAt: start, changedAt: later(start, 1) },
    });
    const keys = ['a', 'A', ' ', 'a.b', '__proto__', "'; --", 'ß é é 🐭', '\\', '👍'.repeat(200)];
    const rows = [...keys.map((key, index) => row(1, key, all.subarray(0, index + 1))), row(2, 'a', large)];
    await store.apply([{ putMetadata: rows.slice(0, 5) }, { putMetadata: rows.slice(5) }]);
    const held = async (from: Store) => [...(await from.load({ metadata: rows })).metadata.values()];
    const sortedByKey = (metadata: readonly Metadata[]) =>
      metadata.toSorted((a, b) => (metadataKey(a) < metadataKey(b) ? -1 : 1));
    assert.deepEqual(sortedByKey(await held(store)), sortedByKey(rows));
    const missing = ['b', 'a\0', '\ud800', ''].map((key) => ({ user: 1, key }));
    assert.equal((await store.load({ metadata: missing })).metadata.size, 0);
    const { metadataSizes } = await store.load({ metadataSizesOf: [1, 2, 3] });
    assert.deepEqual(metadataSizes.get(1), new Map(keys.map((key, index) => [key, index + 1])));
    assert.deepEqual([metadataSizes.get(2), metadataSizes.get(3)], [new Map([['a', 500_000]]), new Map()]);
    const replaced = { ...row(1, 'a', large), createdAt: later(start, 2), changedAt: later(start, 3) };
    await store.apply([{ dropMetadata: [{ user: 1, key: 'A' }, replaced], putMetadata: [replaced] }]);
    const again = await reopen();
    const left = rows.filter(({ user, key }) => !(user === 1 && ['a', 'A'].includes(key)));
    assert.deepEqual(sortedByKey(await held(again)), sortedByKey([...left, replaced]));
    await again.apply([{ dropMetadataOf: 1, putMetadata: [row(1, 'A', all)] }]);
    assert.deepEqual(sortedByKey(await held(again)), sortedByKey([row(1, 'A', all), row(2, 'a', large)]));
  });

  test('records are kept by dialect, kind and id', async () => {
    const { store, reopen } = await open();
    const record: DialectRecord = {
      dialect: 'devicehive',
      kind: 'network',
      id: '1',
      realm: 1,
      version: 1,
      doc: { a: [null] },
    };
    const owned: DialectRecord = { ...record, kind: 'device', owner: 7, doc: 'text' };
    await store.apply([{ putRecords: [record, owned] }]);
    await store.apply([{ putRecords: [{ ...owned, version: 2, doc: null }] }]);
    assert.deepEqual(await store.apply([{ putRecords: [{ ...owned, version: 2 }] }]), ['lost']);
    const again = await reopen();
    const { records } = await again.load({ records: [record, owned, { ...record, dialect: 'accela' }] });
    const expected = [
      ['devicehive network 1', record],
      ['devicehive device 1', { ...owned, version: 2, doc: null }],
    ];
    assert.deepEqual([...records], expected);
  });

  test('the records that a user owns are dropped together', async () => {
    const { store } = await open();
    const record = { dialect: 'zitadel', kind: 'key', id: '1', realm: 1, version: 1, doc: {} };
    const records = [
      { ...record, owner: 1 },
      { ...record, id: '2', owner: 1 },
      { ...record, id: '3', owner: 2 },
    ];
    await store.apply([{ putRecords: [...records, { ...record, id: '4' }] }]);
    await store.apply([{ dropRecordsOf: 1, putRecords: [{ ...record, id: '5', owner: 1 }] }]);
    const left = (await store.recordsIn(1, 'key', 10)).map(({ id }) => id);
    assert.deepEqual(left, ['3', '4', '5']);
  });

  test('idempotent outcomes are kept by their scope', async () => {
    const { store } = await open();
    const row = idempotencyOf('scope', later(start, 1));
    await store.apply([{ ...creating(1), idempotency: { ...row, now: start } }]);
    assert.deepEqual([...(await store.load({ idempotency: ['scope', 'other'] })).idempotency], [['scope', row]]);
  });

  test('a key that has been used makes a unit lose, until it has expired', async () => {
    const { store } = await open();
    const [first, second] = [idempotencyOf('scope', later(start, 10)), idempotencyOf('scope', later(start, 20))];
    const use = { ...second, input: 'another' };
    await store.apply([{ idempotency: { ...first, now: start } }]);
    assert.deepEqual(await store.apply([{ idempotency: { ...use, now: later(start, 9) } }]), ['lost']);
    assert.deepEqual([...(await store.load({ idempotency: ['scope'] })).idempotency.values()], [first]);
    assert.deepEqual(await store.apply([{ idempotency: { ...use, now: later(start, 10) } }]), [{ position: null }]);
    assert.deepEqual([...(await store.load({ idempotency: ['scope'] })).idempotency.values()], [use]);
  });

  test('activity comes with the user, outside version and history', async () => {
    const { store } = await open();
    await store.apply([creating(1)]);
    assert.deepEqual((await userIn(store, 1)).activity, { failedAttempts: 0 });
    const activity = { lastLoginAt: later(start, 5), failedAttempts: 2 };
    assert.deepEqual(await store.apply([{ activity: { user: 1, activity } }]), [{ position: null }]);
    const user = await userIn(store, 1);
    assert.deepEqual([user.activity, user.version], [activity, 1]);
    const stale = { ...user, activity: { failedAttempts: 9 } };
    await store.apply([changing(stale, { ...user.fields, owner: true })]);
    assert.deepEqual((await userIn(store, 1)).activity, activity);
  });

  test('what has expired is pruned, and nothing else', async () => {
    const { store } = await open();
    const [past, now, future] = [start, later(start, 1), later(start, 2)];
    const remembered = codeOf(2, later(now, -codeRememberedMs));
    const many = Array.from({ length: 1200 }, (_, index) => tokenOf(1, index, { expiresAt: past }));
    const kept = [tokenOf(1, 2000, { expiresAt: now }), tokenOf(1, 2001, { expiresAt: future }), tokenOf(1, 2002)];
    await store.apply([
      {
        putTokens: [...many, ...kept],
        putSecrets: [codeOf(1, later(now, -codeRememberedMs - 1)), passwordOf(1, 1), remembered],
      },
      { idempotency: { ...idempotencyOf('past', past), now: past } },
      { idempotency: { ...idempotencyOf('future', future), now: past } },
    ]);
    await store.prune(now);
    const loaded = await store.load({
      tokens: [...many, ...kept].map(({ hash }) => hash),
      secretsOf: [1, 2],
      idempotency: ['past', 'future'],
    });
    assert.deepEqual([...loaded.tokens.values()], kept);
    assert.deepEqual([...loaded.secrets.values()], [[passwordOf(1, 1)], [remembered]]);
    assert.deepEqual([...loaded.idempotency.keys()], ['future']);
  });

  test('what a deleted user has left is erased after a month; his ids stay, and his history still verifies', async () => {
    const { store, reopen } = await open();
    const fields = { 'email.address': 'Ann@Mouse.example', 'profile.nickName': 'Ann' };
    const activity = { lastLoginAt: start, failedAttempts: 1 };
    for (const key of [1, 2]) {
      const created = creating(key, fields, { zitadel: String(key) });
      await store.apply([{ ...created, putSecrets: [passwordOf(key, 1)] }, { activity: { user: key, activity } }]);
      for (let version = 2; version < 40; version++) {
        const user = await userIn(store, key);
        await store.apply([changing(user, { ...user.fields, 'profile.nickName': `Ann ${version}` })]);
      }
      const user = await userIn(store, key);
      await store.apply([changing(user, { ...user.fields, lifecycle: 'deleted' })]);
    }
    // The second is deleted as late as can be.
    const others = await userIn(store, 2);
    const [first, month] = [await userIn(store, 1), later((await userIn(store, 1)).changedAt, remainsKeptMs)];
    await store.apply([changing(others, { ...others.fields, 'profile.nickName': 'last' })]);
    const second = await userIn(store, 2);
    await store.prune(month);
    assert.deepEqual(await userIn(store, 1), first);
    await store.prune(later(month, 1));
    const isErased = async (each: Store) => {
      const erased = await userIn(each, 1);
      assert.deepEqual(erased, { ...first, fields: { lifecycle: 'deleted' }, activity: { failedAttempts: 0 } });
      const changes = await each.changesOf('user', 1);
      assert.deepEqual(verifyChanges(erased, changes), { ok: true });
      assert.ok(changes.length === 40 && changes.every((change) => !('changes' in change) && !('salt' in change)));
      const wanted = {
        secretsOf: [1, 2],
        usersBy: [{ dialect: 'zitadel', value: '1' }],
        usersByEmail: ['ann@mouse.example'],
      };
      const { secrets, usersBy, usersByEmail } = await each.load(wanted);
      assert.deepEqual(
        [...secrets],
        [
          [1, []],
          [2, [passwordOf(2, 1)]],
        ],
      );
      assert.deepEqual([...usersBy.values()], [erased]);
      assert.deepEqual(usersByEmail.get('ann@mouse.example'), [second]);
      assert.deepEqual(await userIn(each, 2), second);
      assert.ok((await each.changesOf('user', 2)).every((change) => 'changes' in change && 'salt' in change));
    };
    await isErased(store);
    await isErased(await reopen());
  });
}
