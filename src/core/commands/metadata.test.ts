import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { verifyChanges } from '#core/change.ts';
import { type MetadataEntry, metadataLimits, recordedMetadata } from '#core/metadata.ts';
import { allMetadata } from '#core/metadata-search.ts';
import type { User, UserKey } from '#core/user.ts';
import { openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { deleteMetadata } from './delete-metadata.ts';
import { deleteUser } from './delete-user.ts';
import { reviseUser } from './revise-user.ts';
import { setMetadata } from './set-metadata.ts';
import { updateUser } from './update-user.ts';

let world: TestDirectory;
let users = 0;
before(async () => {
  world = await openTestDirectory();
});
after(() => world.close());

const base64 = (text: string) => Buffer.from(text).toString('base64');
const entry = (key: string, text: string) => ({ key, value: base64(text) });
const bytes = (count: number) => Buffer.alloc(count, 7).toString('base64');
const person = (metadata: readonly MetadataEntry[] = []) => world.create({ username: `user-${++users}`, metadata });
const set = (user: UserKey, ...metadata: { key: string; value: string }[]) =>
  world.system().run(setMetadata, { user, metadata });
const drop = (user: UserKey, ...keys: string[]) => world.system().run(deleteMetadata, { user, keys });
const held = async (user: UserKey) =>
  (await allMetadata(world.store, user)).map(({ key, value }) => [key, Buffer.from(value, 'base64').toString()]);
const lastChange = async ({ key }: User) => (await world.store.changesOf('user', key)).at(-1);

async function assertHistory(key: UserKey): Promise<void> {
  const metadata = recordedMetadata(await allMetadata(world.store, key));
  const changes = await world.store.changesOf('user', key);
  assert.deepEqual(verifyChanges({ ...(await world.user(key)), metadata }, changes), { ok: true });
}

test('setting and deleting are changes of the user, with before and after, and leave its fields', async () => {
  const minnie = await person();
  world.clock.advance(1000);
  const { user, changed } = await set(minnie.key, entry('pet', 'Pluto'), entry('__proto__', 'x'));
  assert.deepEqual([changed, user?.version, user?.fields], [true, 2, minnie.fields]);
  const { command, changes } = (await lastChange(minnie)) ?? {};
  const added = { 'metadata.pet': { before: null, after: base64('Pluto') } };
  assert.deepEqual(
    [command, changes],
    ['set-metadata', { ...added, 'metadata.__proto__': { before: null, after: base64('x') } }],
  );
  const at = user?.changedAt ?? '';
  world.clock.advance(1000);
  await set(minnie.key, entry('pet', 'Figaro'));
  const [, pet] = await allMetadata(world.store, minnie.key);
  assert.deepEqual([pet?.createdAt, pet?.changedAt], [at, (await world.user(minnie.key)).changedAt]);
  await drop(minnie.key, 'pet');
  assert.deepEqual((await lastChange(minnie))?.changes, { 'metadata.pet': { before: base64('Figaro'), after: null } });
  assert.deepEqual(await held(minnie.key), [['__proto__', 'x']]);
  await assertHistory(minnie.key);
});

test('the present value again is no change; of a key that is named twice the last value stands', async () => {
  const minnie = await person([entry('a', '1')]);
  const same = await set(minnie.key, entry('a', '2'), entry('a', '1'));
  assert.deepEqual([same.changed, same.user?.version], [false, 1]);
  await set(minnie.key, entry('a', '1'), entry('a', '2'));
  assert.deepEqual(await held(minnie.key), [['a', '2']]);
});

test('history shows a value of up to 1 KiB, of a larger one its size and digest', async () => {
  const minnie = await person();
  await set(minnie.key, { key: 'small', value: bytes(1024) }, { key: 'large', value: bytes(1025) });
  const sha256 = 'eec8fde6e476243c39c7a357902caf55dd8bd2f80f78d1f772192c4593b404f5';
  const { changes = {} } = (await lastChange(minnie)) ?? {};
  assert.equal(changes['metadata.small']?.after, bytes(1024));
  assert.deepEqual(changes['metadata.large']?.after, { bytes: 1025, sha256 });
  await assertHistory(minnie.key);
});

test('a key that is not there cannot be deleted, and then none is', async () => {
  const minnie = await person([entry('a', '1')]);
  await assert.rejects(drop(minnie.key, 'a', 'b'), { code: 'not_found', reason: 'metadata_not_found' });
  assert.deepEqual(await held(minnie.key), [['a', '1']]);
  await drop(minnie.key, 'a', 'a');
  assert.deepEqual(await held(minnie.key), []);
});

test('keys and values outside their bounds are refused, and nothing is written', async () => {
  const minnie = await person();
  const wrong: [string, string][] = [
    ['', 'AA=='],
    ['🐭'.repeat(201), 'AA=='],
    ['a\0', 'AA=='],
    ['\ud800', 'AA=='],
    ['a', ''],
    ['a', 'AA'],
    ['a', 'A-_='],
    ['a', bytes(metadataLimits.valueBytes + 1)],
  ];
  for (const [key, value] of wrong) {
    const refused = { code: 'invalid_argument', reason: 'field_invalid' };
    await assert.rejects(
      set(minnie.key, entry('good', 'x'), { key, value }),
      refused,
      JSON.stringify([key, value.slice(0, 9)]),
    );
  }
  const many = Array.from({ length: metadataLimits.keys + 1 }, () => entry('a', '1'));
  await assert.rejects(set(minnie.key, ...many), { code: 'invalid_argument', reason: 'field_too_long' });
  assert.deepEqual([await held(minnie.key), (await world.user(minnie.key)).version], [[], 1]);
  await set(minnie.key, { key: '🐭'.repeat(200), value: bytes(metadataLimits.valueBytes) });
});

test('a user has so many keys and bytes and no more, and can always delete', async () => {
  const full = { code: 'failed_precondition', reason: 'metadata_full' };
  const keys = Array.from({ length: metadataLimits.keys }, (_, index) => entry(`key ${index}`, 'x'));
  const minnie = await person(keys);
  await assert.rejects(set(minnie.key, entry('one more', 'x')), full);
  await set(minnie.key, entry('key 1', 'another'));
  await drop(minnie.key, 'key 2');
  await set(minnie.key, entry('one more', 'x'));
  const [half, rest] = [bytes(metadataLimits.valueBytes), metadataLimits.bytes - 8 * metadataLimits.valueBytes];
  const mickey = await person(Array.from({ length: 8 }, (_, index) => ({ key: `${index}`, value: half })));
  await assert.rejects(set(mickey.key, { key: 'rest', value: bytes(rest + 1) }), full);
  await set(mickey.key, { key: 'rest', value: bytes(rest) });
  await assert.rejects(set(mickey.key, entry('last', 'x')), full);
  await set(mickey.key, entry('0', 'x'));
  await set(mickey.key, entry('last', 'x'));
  await assertHistory(mickey.key);
});

test('what commands of one batch have written counts for the next of them', async () => {
  const minnie = await person(Array.from({ length: metadataLimits.keys - 1 }, (_, index) => entry(`${index}`, 'x')));
  const results = await Promise.allSettled(['a', 'b', 'c'].map((key) => set(minnie.key, entry(key, 'x'))));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  );
});

test('only who administers the user may write its metadata, whatever the command', async () => {
  const minnie = await person([entry('a', '1')]);
  const self = world.as(await world.actor(minnie.key));
  const refused = { code: 'permission_denied', field: 'metadata' };
  const user = minnie.key;
  await assert.rejects(self.run(setMetadata, { user, metadata: [entry('a', '1')] }), refused);
  await assert.rejects(self.run(deleteMetadata, { user, keys: ['a'] }), refused);
  await assert.rejects(self.run(updateUser, { user, metadata: [entry('a', '2')] }), refused);
  const withPassword = { set: { plain: 'Secret-123' }, rules: { minLength: 1 }, lockAfterAttempts: 0 } as never;
  await assert.rejects(self.run(updateUser, { user, metadata: [entry('a', '2')], password: withPassword }), refused);
  const manager = await world.create({ username: `admin-${users}`, patch: { administers: ['zitadel'] } });
  const acting = await world.actor(manager.key);
  await assert.rejects(world.as(acting, 'accela').run(setMetadata, { user, metadata: [] }), {
    reason: 'not_permitted',
  });
  await world.as(acting, 'zitadel').run(setMetadata, { user, metadata: [entry('a', '3')] });
  assert.deepEqual(await held(user), [['a', '3']]);
  assert.equal((await self.metadata(user, { filters: [], offset: 0, limit: 10 })).total, 1);
  const stranger = world.as(await world.actor((await person()).key));
  await assert.rejects(stranger.metadata(user, { filters: [], offset: 0, limit: 1 }), { reason: 'not_permitted' });
});

test('create-user, update-user and revise-user take metadata along, in their one change', async () => {
  const user = await person([entry('a', '1'), { key: 'none', value: null }]);
  assert.deepEqual([user.version, await held(user.key)], [1, [['a', '1']]]);
  const metadata = [{ key: 'a', value: null }, entry('b', '2'), { key: 'none', value: null }];
  const patch = { 'profile.givenName': 'Min' };
  await world.system().run(updateUser, { user: user.key, patch, metadata });
  const { command, changes, version } = (await lastChange(user)) ?? {};
  assert.deepEqual([command, version], ['update-user', 2]);
  assert.deepEqual(Object.keys(changes ?? {}), ['profile.givenName', 'metadata.a', 'metadata.b']);
  const revise = () => ({ patch, metadata: [entry('b', '3')] });
  await world.system().run(reviseUser, { user: user.key, names: [], metadataKeys: ['b'], revise });
  assert.deepEqual(await held(user.key), [['b', '3']]);
  await assert.rejects(world.system().run(updateUser, { user: user.key, patch: { username: '' }, metadata }));
  await assert.rejects(world.system().run(updateUser, { user: user.key, patch: { 'metadata.b': null } as never }), {
    reason: 'field_read_only',
  });
  assert.deepEqual(await held(user.key), [['b', '3']]);
  await assertHistory(user.key);
});

test('deleting a user drops its metadata in the same commit, and its history still verifies', async () => {
  const minnie = await person([entry('a', '1')]);
  const racing = [set(minnie.key, entry('b', '2')), world.system().run(deleteUser, { user: minnie.key })];
  await Promise.all([...racing, assert.rejects(set(minnie.key, entry('c', '3')), { reason: 'user_not_found' })]);
  assert.deepEqual(await held(minnie.key), []);
  await assertHistory(minnie.key);
});

test('an idempotency key, a version and a dry run hold as for other commands', async () => {
  const { key: user } = await person([entry('a', '1')]);
  const put = (text: string, options: object) =>
    world.system().run(setMetadata, { user, metadata: [entry('a', text)] }, options);
  await assert.rejects(put('2', { ifVersion: 7 }), { reason: 'version_mismatch' });
  const dry = await put('2', { dryRun: true });
  assert.deepEqual([dry.changed, dry.user?.version, await held(user)], [true, 2, [['a', '1']]]);
  await put('2', { idempotencyKey: 'k', ifVersion: 1 });
  const again = await put('2', { idempotencyKey: 'k' });
  await assert.rejects(put('3', { idempotencyKey: 'k' }), { reason: 'idempotency_key_reused' });
  assert.deepEqual([again.user?.version, await held(user)], [2, [['a', '2']]]);
});

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'a.b', '__proto__'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 9 }),
);
const value = fc.uint8Array({ minLength: 1, maxLength: 1030 }).map((array) => Buffer.from(array).toString('base64'));

test('whatever is set and deleted, what is held and what history shows follow a plain map', async () => {
  const step = fc.array(fc.record({ key, value: fc.option(value) }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const { key: user } = await person();
      const model = new Map<string, string>();
      for (const metadata of steps) {
        const isStorable = metadata.every((one) => one.key.isWellFormed() && !one.key.includes('\0'));
        const running = world.system().run(updateUser, { user, metadata });
        if (!isStorable) {
          await assert.rejects(running, { field: 'metadata.key' });
          continue;
        }
        await running;
        for (const one of metadata) {
          if (one.value === null) model.delete(one.key);
          else model.set(one.key, one.value);
        }
      }
      const metadata = await allMetadata(world.store, user);
      assert.deepEqual(new Map(metadata.map((row) => [row.key, row.value])), model);
      await assertHistory(user);
    }),
    { numRuns: 60 },
  );
});
