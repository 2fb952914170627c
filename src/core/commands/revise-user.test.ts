import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { invalidField } from '#core/errors.ts';
import { plainPasswordRules } from '#core/policies/password-rules.ts';
import type { User } from '#core/user.ts';
import { cheapHasher, openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { reviseUser, reviseUserBy } from './revise-user.ts';
import { updateUser } from './update-user.ts';

let world: TestDirectory;
before(async () => {
  world = await openTestDirectory();
});
after(() => world.close());

/** Adds a letter to the name that stands. */
const adding = (letter: string) => (user: User) => ({
  patch: { 'profile.nickName': `${user.fields['profile.nickName'] ?? ''}${letter}` },
});

const nickNameOf = async (key: number) => (await world.user(key)).fields['profile.nickName'];

test('each of many at once is read beside what the others have made', async () => {
  const { key } = await world.create({ username: 'minnie' });
  const letters = [...'abcdefghijklmnopqrst'];
  const runs = letters.map((letter) =>
    world.system().run(reviseUser, { user: key, names: [], revise: adding(letter) }),
  );
  const outcomes = await Promise.all(runs);
  assert.equal(await nickNameOf(key), letters.join(''));
  assert.deepEqual(
    outcomes.map(({ user }) => user?.version),
    letters.map((_, index) => index + 2),
  );
  const [, change] = await world.store.changesOf('user', key);
  assert.equal(change?.command, 'update-user');
});

test('it is read again when somebody else has changed the user meanwhile', async () => {
  const { key } = await world.create({ username: 'mickey' });
  const asked: (string | undefined)[] = [];
  const revise = (user: User) => {
    asked.push(user.fields['profile.nickName']);
    return adding('b')(user);
  };
  const [, revised] = await Promise.all([
    world.system().run(updateUser, { user: key, patch: { 'profile.nickName': 'a' } }),
    world.system().run(reviseUser, { user: key, names: [], revise }),
  ]);
  assert.equal(revised.user?.fields['profile.nickName'], 'ab');
  assert.equal(asked.at(-1), 'a');
});

test('a password is hashed once, however often others change the user meanwhile', async () => {
  let hashed = 0;
  const hasher = {
    ...cheapHasher,
    hash: (plain: string) => {
      hashed += 1;
      return cheapHasher.hash(plain);
    },
  };
  const other = await openTestDirectory({ hasher });
  const { key } = await other.create({ username: 'goofy' });
  let running = true;
  const others = (async () => {
    for (let n = 0; running; n++) {
      await other.system().run(updateUser, { user: key, patch: { 'profile.nickName': `nick ${n}` } });
    }
  })();
  const revise = () => ({
    password: { set: { plain: 'Secret-123' }, rules: plainPasswordRules, lockAfterAttempts: 0 },
  });
  const input = { user: key, names: [], revise };
  const { user } = await other.system().run(reviseUser, input);
  assert.ok(user?.fields['password.setAt']);
  assert.equal(hashed, 1);
  // Where the caller's own password is asked for, more than the user is read first.
  await other.system().run(reviseUser, { ...input, callerPassword: { plain: 'any', lockAfterAttempts: 0 } });
  assert.equal(hashed, 2);
  running = false;
  await others;
  await other.close();
});

test('what it throws refuses the command, but not before a version that is asked for', async () => {
  const { key } = await world.create({ username: 'daisy' });
  const revise = () => {
    throw invalidField('name', 'name is wrong.');
  };
  const input = { user: key, names: [], revise };
  await assert.rejects(world.system().run(reviseUser, input), { code: 'invalid_argument', field: 'name' });
  await assert.rejects(world.system().run(reviseUser, input, { ifVersion: 9 }), { reason: 'version_mismatch' });
  assert.equal((await world.user(key)).version, 1);
});

test('one that is known by name is read once, beside the user as it is by then', async () => {
  const { key } = await world.create({ username: 'huey' });
  const asked: (string | undefined)[] = [];
  const appending = reviseUserBy('append', (letter: string, user) => {
    asked.push(user.fields['profile.nickName']);
    return adding(letter)(user);
  });
  const [, revised] = await Promise.all([
    world.system().run(updateUser, { user: key, patch: { 'profile.nickName': 'a' } }),
    world.system().run(appending, { user: key, names: [], sent: 'b' }),
  ]);
  assert.equal(revised.user?.fields['profile.nickName'], 'ab');
  assert.deepEqual(asked, ['a']);
  const [, , change] = await world.store.changesOf('user', key);
  assert.equal(change?.command, 'update-user');
});

test('one that is known by name is refused with what it throws, and prepares what has to be', async () => {
  class Refused extends Error {}
  const setting = reviseUserBy('set-password-beside', (plain: string) => {
    if (plain === '') throw new Refused();
    return { password: { set: { plain }, rules: plainPasswordRules, lockAfterAttempts: 0 } };
  });
  const { key, realm } = await world.create({ username: 'dewey' });
  const run = (sent: string, more = {}) => world.system().run(setting, { user: key, names: [], sent, ...more });
  await assert.rejects(run(''), Refused);
  await assert.rejects(run('Secret-123', { realm: realm + 1 }), { reason: 'user_not_found' });
  assert.equal((await world.user(key)).version, 1);
  const { user } = await run('Secret-123', { realm });
  assert.ok(user?.fields['password.setAt']);
});

test('a user that the command is not about is not there, whatever version is asked for', async () => {
  const { key, realm } = await world.create({ username: 'pluto' });
  const revise = adding('a');
  for (const only of [{ kind: 'machine' }, { realm: realm + 1 }] as const) {
    for (const options of [{}, { ifVersion: 1 }, { ifVersion: 9 }]) {
      const patch = { 'profile.nickName': 'x' } as const;
      const runs = [
        world.system().run(reviseUser, { user: key, names: [], revise, ...only }, options),
        world.system().run(updateUser, { user: key, patch, ...only }, options),
      ];
      for (const run of runs)
        await assert.rejects(run, { reason: 'user_not_found' }, JSON.stringify({ only, options }));
    }
  }
  assert.equal((await world.user(key)).version, 1);
});
