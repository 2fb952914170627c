import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { plainPasswordRules } from '#core/policies/password-rules.ts';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { grantOwnership } from './grant-ownership.ts';
import { signIn } from './sign-in.ts';
import { touchLogin } from './touch-login.ts';
import { updateUser } from './update-user.ts';

let world: TestDirectory;
let minnie: User;
const worlds: TestDirectory[] = [];
const password = { set: { plain: 'first-password' }, rules: plainPasswordRules, lockAfterAttempts: 3 };

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
  minnie = await world.create({ username: 'minnie', password });
});
after(() => Promise.all(worlds.map((each) => each.close())));

const signInWith = (plain: string) =>
  world.system('devicehive').run(signIn, { user: minnie.key, password: plain, lockAfterAttempts: 3 });

test('a user who is not active yet, or no longer there, is answered as a wrong password', async () => {
  const more = { username: 'initial', lifecycle: 'initial', password } as const;
  const initial = await world.create(more);
  for (const user of [initial.key, 999]) {
    const attempt = { user, password: 'first-password', lockAfterAttempts: 3 };
    await assert.rejects(world.system().run(signIn, attempt), { code: 'unauthenticated', reason: 'password_wrong' });
  }
});

test('ten in a row lock at the threshold and the lock is recorded; unlocking starts anew', async () => {
  for (let attempt = 0; attempt < 3; attempt++) await assert.rejects(signInWith('wrong'), { reason: 'password_wrong' });
  await assert.rejects(signInWith('first-password'), { code: 'unauthenticated', reason: 'user_locked' });
  const changes = await world.store.changesOf('user', minnie.key);
  assert.equal(changes.at(-1)?.command, 'sign-in');
  assert.deepEqual(Object.keys(changes.at(-1)?.changes ?? {}), ['lockedAt']);
  await world.system().run(updateUser, { user: minnie.key, state: { locked: false } });
  await signInWith('first-password');
});

test('a login is remembered outside history, once a second', async () => {
  await signInWith('first-password');
  world.clock.advance(500);
  await signInWith('first-password');
  const { activity, version } = await world.user(minnie.key);
  assert.equal(activity.lastLoginAt, '2026-11-21T10:00:00.000Z');
  assert.equal(version, 1);
  world.clock.advance(600);
  await signInWith('first-password');
  assert.equal((await world.user(minnie.key)).activity.lastLoginAt, '2026-11-21T10:00:01.100Z');
});

test('a login by a token is remembered too, forgets no wrong password, and is nobody else’s to claim', async () => {
  await signInWith('first-password');
  await assert.rejects(signInWith('wrong'), { reason: 'password_wrong' });
  world.clock.advance(1_000);
  await world.system().run(touchLogin, { user: minnie.key });
  assert.equal((await world.user(minnie.key)).activity.lastLoginAt, '2026-11-21T10:00:00.000Z');
  world.clock.advance(1);
  await world.as(await world.actor(minnie.key)).run(touchLogin, { user: minnie.key });
  const { activity, version } = await world.user(minnie.key);
  assert.deepEqual(activity, { lastLoginAt: '2026-11-21T10:00:01.001Z', failedAttempts: 1 });
  assert.equal(version, 1);
  const mickey = await world.create({ username: 'mickey' });
  const other = world.as(await world.actor(mickey.key)).run(touchLogin, { user: minnie.key });
  await assert.rejects(other, { code: 'permission_denied' });
});

test("the owner of the directory is not locked by wrong passwords: its last key would be anybody's to take", async () => {
  const ownership = { tokenHash: hashToken('x'), given: {}, announced: true, check: '' };
  await world.system().run(grantOwnership, { user: minnie.key, ownership });
  for (let attempt = 0; attempt < 5; attempt++) await assert.rejects(signInWith('wrong'), { reason: 'password_wrong' });
  await signInWith('first-password');
});
