import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createClient } from '#core/commands/clients.ts';
import { deleteUser } from '#core/commands/delete-user.ts';
import { setPassword } from '#core/commands/set-password.ts';
import { setState } from '#core/commands/set-state.ts';
import { createToken } from '#core/commands/tokens.ts';
import { updateUser } from '#core/commands/update-user.ts';
import { plainPasswordRules } from '#core/policies/password-rules.ts';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { cheapHasher, openTestDirectory, type TestDirectory, viaOf } from '#test/directory.ts';
import { TokenGuard } from './token-guard.ts';

let world: TestDirectory;
let guard: TokenGuard;
let minnie: User;
const worlds: TestDirectory[] = [];
const via = viaOf('devicehive');
const password = (plain: string) => ({ set: { plain }, rules: plainPasswordRules, lockAfterAttempts: 3 });

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
  guard = new TokenGuard({ ...world, hasher: cheapHasher });
  const patch = { 'loginNames.devicehive': 'mini', 'loginNames.accela': 'mouse' } as const;
  minnie = await world.create({ username: 'minnie', patch, password: password('right-password') });
});
after(() => Promise.all(worlds.map((each) => each.close())));

const issue = (token: string, more = {}) =>
  guard.issue(
    { user: minnie },
    [{ token, use: 'access', dialect: 'devicehive', rights: ['r'], signedIn: false, ...more }],
    via,
  );
const actor = (token: string | undefined, dialect = 'devicehive') => guard.authenticate(token, dialect);
const unauthenticated = (reason: string) => ({ code: 'unauthenticated', reason });

test('a token stands for its user, with its rights, in the dialect that issued it', async () => {
  await issue('t');
  const { user, username, token } = await actor('t');
  assert.deepEqual([user, username, token?.rights, token?.signedIn], [minnie.key, 'minnie', ['r'], false]);
  await assert.rejects(actor('t', 'accela'), unauthenticated('token_invalid'));
  await assert.rejects(actor('u'), unauthenticated('token_invalid'));
  await assert.rejects(actor(undefined), unauthenticated('token_missing'));
  await assert.rejects(issue('t'), { code: 'already_exists', reason: 'id_taken' });
});

test('a token of a sign-in is not issued once the password that was proved is another', async () => {
  await world.system().run(setPassword, { user: minnie.key, password: password('other-password') });
  await assert.rejects(issue('t', { signedIn: true }), unauthenticated('token_invalid'));
  await issue('t');
});

test('a token is not issued for whoever has lost his own meanwhile', async () => {
  const mickey = await world.create({ username: 'mickey' });
  const maker = await world.actor(mickey.key);
  await world.system().run(setState, { user: mickey.key, action: 'lock' });
  const tokens = [{ token: 't', use: 'access', dialect: 'devicehive', rights: null, signedIn: false }] as const;
  await assert.rejects(guard.issue({ user: minnie }, tokens, via, maker), unauthenticated('user_locked'));
});

test('a refresh token opens no call, and an access token refreshes nothing', async () => {
  await issue('a');
  await issue('r', { use: 'refresh', signedIn: true });
  await assert.rejects(actor('r'), unauthenticated('token_invalid'));
  await assert.rejects(guard.refresh('a', 'devicehive'), unauthenticated('token_invalid'));
  assert.equal((await guard.refresh('r', 'devicehive')).signedIn, true);
});

test('a refresh token that has just ended gets nothing, though it is remembered still', async () => {
  await issue('r', { use: 'refresh', signedIn: true });
  await guard.refresh('r', 'devicehive');
  await world.store.apply([{ dropTokens: [hashToken('r')] }]);
  await assert.rejects(guard.refresh('r', 'devicehive'), unauthenticated('token_invalid'));
});

test('a token ends at its time', async () => {
  await issue('t', { expiresAt: '2026-11-21T10:00:01.000Z' });
  assert.equal((await actor('t')).token?.expiresAt, '2026-11-21T10:00:01.000Z');
  world.clock.advance(1000);
  await assert.rejects(actor('t'), unauthenticated('token_expired'));
});

test('what happens to the user holds at the very next call, though the answer is remembered', async () => {
  const act = (action: 'lock' | 'unlock' | 'disable') => world.system().run(setState, { user: minnie.key, action });
  await issue('t');
  await actor('t');
  await act('lock');
  await assert.rejects(actor('t'), unauthenticated('user_locked'));
  await act('unlock');
  await world.system().run(updateUser, { user: minnie.key, administers: { devicehive: true } });
  assert.deepEqual((await actor('t')).administers, ['devicehive']);
  await act('disable');
  await assert.rejects(actor('t'), unauthenticated('user_disabled'));
  await world.system().run(deleteUser, { user: minnie.key });
  await assert.rejects(actor('t'), unauthenticated('token_invalid'));
});

test('a new password ends the tokens that came of a sign-in, and no others', async () => {
  await issue('signed-in', { signedIn: true });
  await issue('made');
  await Promise.all([actor('signed-in'), actor('made')]);
  await world.system().run(setPassword, { user: minnie.key, password: password('other-password') });
  await assert.rejects(actor('signed-in'), unauthenticated('token_invalid'));
  await actor('made');
});

test('a user signs in by its username or its own name in that dialect, in any case', async () => {
  for (const name of ['minnie', 'MINNIE', 'mini']) {
    const user = await guard.signIn({ name, password: 'right-password', lockAfterAttempts: 3 }, via);
    assert.equal(user.key, minnie.key);
  }
  for (const name of ['mouse', 'nobody']) {
    const attempt = guard.signIn({ name, password: 'right-password', lockAfterAttempts: 3 }, via);
    await assert.rejects(attempt, unauthenticated('password_wrong'), name);
  }
});

test('the own password is confirmed, a wrong one is counted, and who has none is not asked', async () => {
  const asked = { password: 'wrong', lockAfterAttempts: 3 };
  const mine = await world.actor(minnie.key);
  await guard.confirm(mine, { ...asked, password: 'right-password' }, via);
  assert.equal((await world.user(minnie.key)).activity.lastLoginAt, undefined);
  await assert.rejects(guard.confirm(mine, asked, via), { reason: 'password_wrong' });
  assert.equal((await world.user(minnie.key)).activity.failedAttempts, 1);
  const donald = await world.create({ username: 'donald' });
  await guard.confirm(await world.actor(donald.key), asked, via);
});

test('where a realm is asked for, a user of another one is nobody, and its wrong passwords count for nothing', async () => {
  const other = await world.create({ username: 'other', realm: 2, password: password('right-password') });
  const signIn = (password: string, realm: number) =>
    guard.signIn({ name: 'other', password, lockAfterAttempts: 1, realm }, via);
  for (const plain of ['right-password', 'wrong']) {
    await assert.rejects(signIn(plain, 1), unauthenticated('password_wrong'));
  }
  assert.deepEqual((await world.user(other.key)).activity, { failedAttempts: 0 });
  assert.equal((await signIn('right-password', 2)).key, other.key);
});

test('many come at once, by one client and as one user, and wrong ones are refused at last', async () => {
  const client = { dialect: 'accela', id: 'app' };
  const secret = `right-${'s'.repeat(16)}`;
  await world.system().run(createClient, { ...client, realm: 1, name: 'App', secret });
  const come = (sent: string, address = '127.0.0.1') =>
    guard.signInClient({ ...client, secret: sent }, { dialect: 'accela', address });
  await Promise.all(Array.from({ length: 60 }, () => come(secret)));
  for (let guess = 0; guess < 300; guess++) {
    await assert.rejects(come('wrong', `10.0.0.${guess % 10}`), unauthenticated('client_invalid'));
  }
  await assert.rejects(come(secret, '10.0.1.1'), { code: 'resource_exhausted', reason: 'too_many_attempts' });
  const signIn = (password: string) => guard.signIn({ name: 'minnie', password, lockAfterAttempts: 0 }, via);
  await Promise.all(Array.from({ length: 60 }, () => signIn('right-password')));
  for (let guess = 0; guess < 30; guess++) await assert.rejects(signIn('wrong'), unauthenticated('password_wrong'));
  await assert.rejects(signIn('right-password'), { code: 'resource_exhausted', reason: 'too_many_attempts' });
});

test('a token that is limited gets no token of another dialect, which could not carry its limits on', async () => {
  const permissions = ['users.read', 'users.write', 'tokens.write'] as const;
  const { result } = await world.system().run(createToken, { user: minnie.key, permissions });
  const by = await guard.authenticate(result.token, 'devicehive');
  const wanted = [{ token: 't', use: 'access', dialect: 'devicehive', rights: null, signedIn: false }] as const;
  await assert.rejects(guard.issue({ user: minnie }, wanted, via, by), { code: 'permission_denied' });
  await assert.rejects(actor('t'), unauthenticated('token_invalid'));
  const { result: whole } = await world.system().run(createToken, { user: minnie.key });
  await guard.issue({ user: minnie }, wanted, via, await guard.authenticate(whole.token, 'devicehive'));
});
