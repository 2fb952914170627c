import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { later } from '#core/instant.ts';
import { sizeOf } from '#core/metadata.ts';
import type { Store, Unit } from '#core/ports.ts';
import type { User, UserKey } from '#core/user.ts';
import { ModelStore } from './model.ts';
import type { OpenStore } from './opened.ts';
import { changing, creating, heldName, messageOf, start, tokenOf } from './samples.ts';

const keys = [1, 2, 3, 4];
const names = ['a', 'b', 'c', 'd', 'e'];
const numbers = [1, 2, 3, 4, 5, 6];
const metadataKeys = ['a', 'b', 'c.d'];
const secretNames = ['password', 'code.email'] as const;

const few = <Value>(from: readonly Value[]) => fc.subarray([...from], { maxLength: 2 });
const userKey = fc.constantFrom(...keys);
const seldom = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });

/** What a unit is to do. It becomes a unit once it is known where the users stand. */
const intent = fc.record({
  user: fc.option(userKey, { nil: undefined, freq: 6 }),
  isStale: fc.integer({ min: 0, max: 7 }).map((one) => one === 0),
  id: fc.constantFrom('1', '2', '3', 'x', 'y', 'z'),
  nickName: fc.string({ unit: 'grapheme', maxLength: 5 }),
  addNames: few(names),
  removeNames: few(names),
  activity: seldom(fc.record({ user: userKey, failedAttempts: fc.nat(5) })),
  putSecrets: few(secretNames),
  dropSecrets: few(secretNames),
  putTokens: few(numbers),
  dropTokens: few(numbers),
  dropTokensOf: seldom(fc.record({ user: userKey, which: fc.constantFrom('all' as const, 'signed-in' as const) })),
  putMessages: few(numbers),
  dropMessagesOf: seldom(userKey),
  putMetadata: few(metadataKeys),
  dropMetadata: few(metadataKeys),
  dropMetadataOf: seldom(userKey),
  putRecords: few(numbers),
  recordVersion: fc.integer({ min: 1, max: 4 }),
  idempotency: seldom(fc.record({ scope: fc.constantFrom('s', 't'), at: fc.nat(3) })),
  owner: userKey,
  restsOn: few(keys),
});
type Intent = typeof intent extends fc.Arbitrary<infer Value> ? Value : never;

/** The unit, on what the users are expected to be when its turn comes. */
function unitOf(intent: Intent, expected: Map<UserKey, User>): Unit {
  const { owner, dropTokensOf, dropMessagesOf, dropMetadataOf, idempotency, restsOn } = intent;
  const userUnit = intent.user === undefined ? {} : userUnitOf(intent.user, intent, expected);
  // Only who is there has been active.
  const activity = intent.activity && expected.has(intent.activity.user) ? intent.activity : undefined;
  return {
    restsOn,
    ...userUnit,
    ...(activity && { activity: { user: activity.user, activity: { failedAttempts: activity.failedAttempts } } }),
    putSecrets: intent.putSecrets.map((name) => ({ user: owner, name, revision: 1, doc: { hash: intent.nickName } })),
    dropSecrets: intent.dropSecrets.map((name) => ({ user: owner, name })),
    putTokens: intent.putTokens.map((number) => tokenOf(owner, number, { signedIn: number % 2 === 0 })),
    dropTokens: intent.dropTokens.map((number) => tokenOf(owner, number).hash),
    ...(dropTokensOf && { dropTokensOf }),
    ...(dropMessagesOf !== undefined && { dropMessagesOf }),
    putMessages: intent.putMessages.map((number) => messageOf(owner, number)),
    putMetadata: intent.putMetadata.map((key) => metadataOf(owner, key, intent.nickName)),
    dropMetadata: intent.dropMetadata.map((key) => ({ user: owner, key })),
    ...(dropMetadataOf !== undefined && { dropMetadataOf }),
    putRecords: intent.putRecords.map((number) => recordOf(number, intent.nickName, intent.recordVersion)),
    ...(idempotency && { idempotency: idempotencyOf(idempotency, intent.nickName) }),
  };
}

function userUnitOf(key: UserKey, intent: Intent, expected: Map<UserKey, User>): Unit {
  const user = expected.get(key);
  const fields = { 'profile.nickName': intent.nickName };
  const unit = user ? changing(user, fields) : creating(key, fields, { zitadel: intent.id, accela: intent.id });
  const named = { ...unit, addNames: intent.addNames.map(heldName), removeNames: intent.removeNames };
  if (intent.isStale) return { ...named, user: { ...unit.user, before: unit.user.before + 1 } };
  expected.set(key, unit.user.after);
  return named;
}

const idempotencyOf = ({ scope, at }: { scope: string; at: number }, input: string) => ({
  ...{ scope, input, outcome: '', expiresAt: later(start, at + 1), now: later(start, at) },
});
const metadataOf = (user: UserKey, key: string, text: string) => ({
  ...{ user, key, value: Buffer.from(`-${text}`).toString('base64'), createdAt: start, changedAt: start },
});
const recordOf = (number: number, doc: string, version = 1) => ({
  ...{ dialect: 'devicehive', kind: 'network', id: String(number), realm: 1, version, doc },
});

async function assertSame(store: Store, model: ModelStore): Promise<void> {
  const loaded = await store.load({
    users: keys,
    names,
    ids: ['zitadel', 'accela'].flatMap((dialect) =>
      ['1', '2', '3', 'x', 'y', 'z'].map((value) => ({ dialect, value })),
    ),
    tokens: numbers.map((number) => tokenOf(1, number).hash),
    secretsOf: keys,
    metadata: keys.flatMap((user) => metadataKeys.map((key) => ({ user, key }))),
    metadataSizesOf: keys,
    idempotency: ['s', 't'],
    records: numbers.map((number) => recordOf(number, '')),
  });
  const users = new Map([...model.users].map(([key, user]) => [key, withActivity(user, model)]));
  const secrets = [...loaded.secrets.values()]
    .flat()
    .map((secret) => [`${secret.user} ${secret.name}`, secret] as const);
  assert.deepEqual(loaded.users, users);
  for (const kind of ['names', 'ids', 'tokens', 'metadata', 'idempotency', 'records'] as const) {
    assert.deepEqual(new Map<string, unknown>(loaded[kind]), model[kind], kind);
  }
  assert.deepEqual(new Map(secrets), model.secrets);
  for (const user of keys) assert.deepEqual(loaded.metadataSizes.get(user), sizesIn(model, user));
  const messages = [...model.messages.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  assert.deepEqual(await store.messages(1, 100), messages);
  const feed = await store.feed(undefined, 1000);
  assert.deepEqual(
    feed.map(({ position: _, ...change }) => change),
    model.feed,
  );
  for (const key of keys) {
    assert.deepEqual(
      await store.changesOf('user', key),
      feed.filter(({ subject }) => subject.key === key),
    );
  }
}

const sizesIn = ({ metadata }: ModelStore, user: UserKey) =>
  new Map(
    metadata
      .values()
      .filter((row) => row.user === user)
      .map(({ key, value }) => [key, sizeOf(value)] as const),
  );

const withActivity = (user: User, { activity }: ModelStore): User => ({
  ...user,
  activity: activity.get(user.key) ?? { failedAttempts: 0 },
});

/** Random batches, against the model. */
export function batchesConform(open: OpenStore): void {
  test('random batches leave what the plain model leaves', async () => {
    const batches = fc.array(fc.array(intent, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(batches, async (intents) => {
        const { store, reopen, close } = await open();
        const model = new ModelStore();
        for (const batch of intents) {
          const expected = new Map(model.users);
          const units = batch.map((intent) => unitOf(intent, expected));
          const outcomes = await store.apply(units);
          assert.deepEqual(
            outcomes.map((outcome) => outcome !== 'lost'),
            model.apply(units),
          );
          await assertSame(store, model);
        }
        await assertSame(await reopen(), model);
        await close();
      }),
      { numRuns: 40 },
    );
  });
}
