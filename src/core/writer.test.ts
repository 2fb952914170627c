import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { cheapHasher, openTestDirectory, quietLog, type TestDirectory, viaOf } from '#test/directory.ts';
import { systemActor } from './actor.ts';
import { patch as anyPatch } from './arbitraries.ts';
import { verifyChanges } from './change.ts';
import type { Context } from './command.ts';
import { createUser } from './commands/create-user.ts';
import { setState } from './commands/set-state.ts';
import { updateUser } from './commands/update-user.ts';
import type { Commit } from './directory.ts';
import type { DirectoryError } from './errors.ts';
import { FieldTable } from './fields.ts';
import { RunningDirectory } from './running-directory.ts';
import { loadState } from './state.ts';
import type { User, UserKey } from './user.ts';

let world: TestDirectory;
let minnie: User;
const worlds: TestDirectory[] = [];

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
  minnie = await world.create({ username: 'minnie' });
});
after(() => Promise.all(worlds.map((each) => each.close())));

const rename = (givenName: string, options = {}) =>
  world.system().run(updateUser, { user: minnie.key, patch: { 'profile.givenName': givenName } }, options);

test('commands of one moment are one commit, decided in order of arrival on each other', async () => {
  const commits: Commit[] = [];
  world.directory.onCommit((commit) => commits.push(commit));
  const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => rename(`name ${index}`)));
  assert.equal(commits.length, 1);
  assert.deepEqual(
    outcomes.map(({ user }) => user?.version),
    Array.from({ length: 100 }, (_, index) => index + 2),
  );
  const changes = await world.store.changesOf('user', minnie.key);
  assert.deepEqual(verifyChanges(await world.user(minnie.key), changes), { ok: true });
});

test('a command that fails does not fail its neighbours', async () => {
  const bad = world.system().run(updateUser, { user: minnie.key, patch: { 'profile.language': 'not a tag' } });
  const settled = await Promise.allSettled([rename('a'), bad, rename('b')]);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal((await world.user(minnie.key)).fields['profile.givenName'], 'b');
});

test('what another process has overtaken is decided again, with all that was decided upon it', async () => {
  const ports = { ...world, hasher: cheapHasher, log: quietLog, table: new FieldTable(), idSchemes: {} };
  const other = new RunningDirectory({ ...ports, delivers: [] });
  const renameThere = (givenName: string) =>
    other
      .as(systemActor, viaOf('directory'))
      .run(updateUser, { user: minnie.key, patch: { 'profile.givenName': givenName } });
  const settling: Promise<PromiseSettledResult<{ user: User | undefined }>[]>[] = [];
  for (let turn = 0; turn < 60; turn++) {
    const moment = [rename(`here ${turn}`), renameThere(`there ${turn}`), rename(`here again ${turn}`)];
    settling.push(Promise.allSettled(moment));
    await new Promise(setImmediate);
  }
  const settled = (await Promise.all(settling)).flat();
  const versions = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value.user?.version] : []));
  const changes = await world.store.changesOf('user', minnie.key);
  assert.deepEqual(verifyChanges(await world.user(minnie.key), changes), { ok: true });
  // Each that was acknowledged is there, once.
  assert.deepEqual(
    versions.sort(ascending),
    Array.from({ length: versions.length }, (_, index) => index + 2),
  );
  assert.equal(changes.length, versions.length + 1);
  for (const each of settled) if (each.status === 'rejected') assert.equal(each.reason.reason, 'too_contended');
  assert.ok(versions.length > 30, `${versions.length}`);
  await other.close();
});

const ascending = (a = 0, b = 0): number => a - b;

test('each batch is told of until it is durable, and an observer of what a caller is refused', async () => {
  const seen: string[] = [];
  const onBatch = (commands: number) => {
    seen.push(`${commands} begin`);
    return () => seen.push('done');
  };
  const observer = { refused: (dialect: string, code: string) => seen.push(`${code} through ${dialect}`) };
  const watched = await openTestDirectory({ writer: { onBatch }, observer });
  worlds.push(watched);
  const { key } = await watched.create({ username: 'mickey' });
  const actor = await watched.actor(key);
  seen.length = 0;
  const run = (patch: object) => watched.as(actor, 'zitadel').run(updateUser, { user: key, patch });
  await Promise.allSettled([run({ 'profile.givenName': 'Mickey' }), run({ administers: ['directory'] })]);
  assert.deepEqual(seen, ['2 begin', 'done', 'permission_denied through zitadel']);
});

test('a listener is told of what is durable, and one that fails harms nobody', async () => {
  const seen: UserKey[] = [];
  world.directory.onCommit(() => {
    throw new Error('a listener that fails');
  });
  const stop = world.directory.onCommit(({ users }) => seen.push(...users));
  const { user } = await rename('a');
  stop();
  await rename('b');
  assert.deepEqual(seen, [user?.key]);
});

test('an update asks for a version, and is refused when another one stands', async () => {
  await rename('a', { ifVersion: 1 });
  await assert.rejects(rename('b', { ifVersion: 1 }), { code: 'aborted', reason: 'version_mismatch' });
  const race = await Promise.allSettled([rename('c', { ifVersion: 2 }), rename('d', { ifVersion: 2 })]);
  assert.deepEqual(
    race.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
});

test('a dry run decides and authorizes everything and keeps nothing', async () => {
  const { user, changed } = await rename('dry', { dryRun: true });
  assert.equal(changed, true);
  assert.equal(user?.version, 2);
  assert.equal(user.fields['profile.givenName'], 'dry');
  assert.equal((await world.user(minnie.key)).version, 1);
  assert.equal((await world.store.changesOf('user', minnie.key)).length, 1);
  const email = { address: 'a@b.c', code: { deliver: 'return' } } as const;
  const coded = await world.system().run(updateUser, { user: minnie.key, email }, { dryRun: true });
  assert.deepEqual(coded.result, {});
  const taken = { patch: { username: 'MINNIE' }, realm: 1, kind: 'human' } as const;
  await assert.rejects(world.system().run(createUser, taken, { dryRun: true }), { reason: 'username_taken' });
});

test('a key runs a command once and answers it again, a day long', async () => {
  const email = { address: 'a@b.c', code: { deliver: 'return' } } as const;
  const run = (options = {}) =>
    world.system('zitadel').run(updateUser, { user: minnie.key, email }, { idempotencyKey: 'k', ...options });
  const [first, twin] = await Promise.all([run(), run()]);
  assert.deepEqual(twin, first);
  assert.match(first.result.emailCode ?? '', /^[A-Z0-9]{6}$/);
  assert.deepEqual(await run(), first);
  assert.equal((await world.user(minnie.key)).version, 2);
  const other = { user: minnie.key, email: { address: 'b@b.c' } } as const;
  await assert.rejects(world.system('zitadel').run(updateUser, other, { idempotencyKey: 'k' }), {
    reason: 'idempotency_key_reused',
  });
  const rows = JSON.stringify([...(await world.store.load({ idempotency: ['x'] })).idempotency]);
  assert.ok(!rows.includes(first.result.emailCode ?? 'code'));
  world.clock.advance(24 * 3_600_000);
  assert.equal((await run()).changed, false, 'a day later it runs again');
});

test("a key is one caller's, for one command on one user", async () => {
  const mickey = await world.create({ username: 'mickey', patch: { administers: ['directory'] } });
  const patch = { 'profile.nickName': 'same' } as const;
  const options = { idempotencyKey: 'k', idempotentOver: 'the same request' };
  await world.system().run(updateUser, { user: minnie.key, patch }, options);
  const others = [
    world.system().run(updateUser, { user: mickey.key, patch }, options),
    world.system().run(setState, { user: minnie.key, action: 'lock' }, options),
  ];
  for (const { changed } of await Promise.all(others)) assert.equal(changed, true);
  const acting = world.as(await world.actor(mickey.key));
  assert.equal((await acting.run(updateUser, { user: minnie.key, patch }, options)).changed, false);
});

test('a dry run is never answered with what a real one came to', async () => {
  const email = { address: 'a@b.c', code: { deliver: 'return' } } as const;
  const run = (dryRun: boolean) =>
    world.system('zitadel').run(updateUser, { user: minnie.key, email }, { idempotencyKey: 'k', dryRun });
  assert.match((await run(false)).result.emailCode ?? '', /^[A-Z0-9]{6}$/);
  assert.deepEqual((await run(true)).result, {});
});

test('a version is told only to who may see the user', async () => {
  const [stranger, mickey] = [
    await world.create({ username: 'stranger', realm: 2 }),
    await world.create({ username: 'mickey' }),
  ];
  const acting = world.as(await world.actor(mickey.key));
  const rename = { patch: { 'profile.nickName': 'x' } } as const;
  await assert.rejects(acting.run(updateUser, { user: stranger.key, ...rename }, { ifVersion: 7 }), {
    code: 'not_found',
  });
  await assert.rejects(acting.run(updateUser, { user: minnie.key, ...rename }, { ifVersion: 7 }), {
    code: 'permission_denied',
  });
});

test('a refusal is not kept under its key', async () => {
  const lock = () => world.system().run(setState, { user: minnie.key, action: 'unlock' }, { idempotencyKey: 'k' });
  await assert.rejects(lock(), { reason: 'user_not_locked' });
  await world.system().run(setState, { user: minnie.key, action: 'lock' });
  assert.equal((await lock()).changed, true);
});

test('the queue is bounded: beyond it callers are refused at once and told when to come again', async () => {
  const small = await openTestDirectory({ writer: { maxQueue: 3, maxBatch: 2 } });
  worlds.push(small);
  const user = await small.create({ username: 'x' });
  const runs = Array.from({ length: 5 }, (_, index) =>
    small.system().run(updateUser, { user: user.key, patch: { 'profile.nickName': `${index}` } }),
  );
  const settled = await Promise.allSettled(runs);
  const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as DirectoryError] : []));
  assert.equal(refused.length, 2);
  for (const error of refused) {
    assert.equal(error.code, 'unavailable');
    assert.equal(error.reason, 'queue_full');
    assert.deepEqual(error.facts, { retryAfterSeconds: 1 });
  }
});

test('closing finishes what was taken and refuses what comes', async () => {
  const taken = rename('last');
  await new Promise(setImmediate);
  const closing = world.directory.close();
  await assert.rejects(rename('late'), { code: 'unavailable', reason: 'shutting_down' });
  await closing;
  assert.equal((await taken).user?.fields['profile.givenName'], 'last');
});

test('deciding twice on one state decides the same', async () => {
  await fc.assert(
    fc.asyncProperty(anyPatch, async ({ 'email.address': _address, 'email.verifiedAt': _at, ...patch }) => {
      const input = { user: minnie.key, patch };
      const state = await loadState(world.store, [updateUser.touches(input, { actor: systemActor })]);
      const table = new FieldTable();
      const context: Context = {
        actor: systemActor,
        via: viaOf('zitadel'),
        now: world.clock.now(),
        table,
        dryRun: false,
      };
      const decided = () => {
        try {
          return updateUser.decide(state, input, undefined, context);
        } catch (error) {
          return (error as DirectoryError).message;
        }
      };
      assert.deepEqual(decided(), decided());
    }),
    { numRuns: 50 },
  );
});
