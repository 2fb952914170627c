import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TokenGuard } from '#auth/token-guard.ts';
import type { Actor } from '#core/actor.ts';
import { later } from '#core/instant.ts';
import { hashToken, newToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { cheapHasher, openTestDirectory, type TestDirectory, viaOf } from '#test/directory.ts';
import { addAccessToken } from './access-tokens.ts';
import { addClientSecret, removeClientSecret } from './client-secret.ts';
import { deleteUser } from './delete-user.ts';
import { issueTokens, type MachineProof } from './issue-tokens.ts';
import { addKey, removeKey } from './machine-keys.ts';
import { setState } from './set-state.ts';

let world: TestDirectory;
let guard: TokenGuard;
before(async () => {
  world = await openTestDirectory();
  guard = new TokenGuard({ ...world, hasher: cheapHasher });
});
after(() => world.close());

const via = viaOf('zitadel');
let machines = 0;
const machine = (): Promise<User> => world.create({ username: `machine-${++machines}`, kind: 'machine' });
const lifeMs = 86_400_000;
const expiresAt = () => later(world.clock.now(), lifeMs);

async function signIn(user: User, secret: string) {
  const id = user.fields.username ?? '';
  return await guard.signInMachine({ dialect: 'zitadel', id, secret }, via);
}

async function signInByKey(user: User, key: string) {
  const attempt = { dialect: 'zitadel', user: user.ids['zitadel'] ?? '', key, verify: async () => true };
  return await guard.signInByKey(attempt, via);
}

async function tokenBy(user: User, proof: MachineProof): Promise<string> {
  const token = newToken(world.random);
  const granted = { token, use: 'access', dialect: 'zitadel', rights: null, signedIn: true } as const;
  await guard.issue({ user, proof }, [granted], via);
  return token;
}

const works = async (token: string): Promise<Actor> => await guard.authenticate(token, 'zitadel');
const ended = (token: string) => assert.rejects(works(token), { reason: 'token_invalid' });

test('a machine signs in with its secret, and with no other', async () => {
  const user = await machine();
  await assert.rejects(signIn(user, ''), { reason: 'client_invalid' });
  const { result, user: after } = await world.system().run(addClientSecret, { user: user.key });
  const { secret = '' } = result;
  assert.match(secret, /^[\w-]{43}$/);
  assert.equal(after?.fields['clientSecret.setAt'], world.clock.now());
  const stored = (await world.store.load({ secretsOf: [user.key] })).secrets.get(user.key);
  assert.ok(!JSON.stringify(stored).includes(secret));
  assert.equal((await signIn(user, secret)).user.key, user.key);
  await assert.rejects(signIn(user, `${secret}x`), { reason: 'client_invalid' });
  const { result: next } = await world.system().run(addClientSecret, { user: user.key });
  await assert.rejects(signIn(user, secret), { reason: 'client_invalid' });
  assert.equal((await signIn(user, next.secret ?? '')).user.key, user.key);
});

test('tokens end with the secret that they came of, and with no other credential', async () => {
  const user = await machine();
  const { result } = await world.system().run(addClientSecret, { user: user.key });
  const { result: key } = await world.system().run(addKey, keyInput(user));
  const bySecret = await tokenBy(user, (await signIn(user, result.secret ?? '')).proof);
  const byKey = await tokenBy(user, (await signInByKey(user, key.id)).proof);
  assert.equal((await works(bySecret)).user, user.key);
  await world.system().run(removeClientSecret, { user: user.key });
  await ended(bySecret);
  assert.equal((await works(byKey)).user, user.key);
  await world.system().run(removeKey, { user: user.key, dialect: 'zitadel', id: key.id });
  await ended(byKey);
  await assert.rejects(signInByKey(user, key.id), { reason: 'client_invalid' });
  await assert.rejects(signIn(user, result.secret ?? ''), { reason: 'client_invalid' });
  await assert.rejects(world.system().run(removeClientSecret, { user: user.key }), { reason: 'client_secret_not_set' });
});

test('what was proved before a secret was replaced or a key removed gets no token any more', async () => {
  const user = await machine();
  const { result } = await world.system().run(addClientSecret, { user: user.key });
  const { proof } = await signIn(user, result.secret ?? '');
  await world.system().run(addClientSecret, { user: user.key });
  await assert.rejects(tokenBy(user, proof), { reason: 'token_invalid' });
  const { result: key } = await world.system().run(addKey, keyInput(user));
  const proved = await signInByKey(user, key.id);
  await world.system().run(removeKey, { user: user.key, dialect: 'zitadel', id: key.id });
  await assert.rejects(tokenBy(user, proved.proof), { reason: 'token_invalid' });
});

test('a token that is issued in one batch with the removal of its credential does not outlive it', async () => {
  const user = await machine();
  const { result: key } = await world.system().run(addKey, keyInput(user));
  const { proof } = await signInByKey(user, key.id);
  const token = newToken(world.random);
  const row = { hash: hashToken(token), id: token, dialect: 'zitadel', use: 'access', rights: null } as const;
  const issuing = { user: { key: user.key, proof }, tokens: [{ ...row, signedIn: true }] };
  await Promise.all([
    world.system().run(issueTokens, issuing),
    world.system().run(removeKey, { user: user.key, dialect: 'zitadel', id: key.id }),
  ]);
  await ended(token);
});

test('a key is good until it expires, for its own machine alone', async () => {
  const [user, other] = [await machine(), await machine()];
  const { result: key } = await world.system().run(addKey, keyInput(user));
  assert.equal(key.privateKey, undefined);
  await assert.rejects(signInByKey(other, key.id), { reason: 'client_invalid' });
  await assert.rejects(world.system().run(removeKey, { user: other.key, dialect: 'zitadel', id: key.id }), {
    reason: 'key_not_found',
  });
  world.clock.advance(lifeMs - 1);
  await signInByKey(user, key.id);
  world.clock.advance(1);
  await assert.rejects(signInByKey(user, key.id), { reason: 'client_invalid' });
  await assert.rejects(world.system().run(addKey, { ...keyInput(user), expiresAt: world.clock.now() }), {
    reason: 'expiry_past',
  });
});

test('a machine that is locked or deleted signs in by nothing; its keys and its secret go with it', async () => {
  const user = await machine();
  const { result } = await world.system().run(addClientSecret, { user: user.key });
  const { result: key } = await world.system().run(addKey, keyInput(user));
  await world.system().run(setState, { user: user.key, action: 'lock' });
  await assert.rejects(signIn(user, result.secret ?? ''), { reason: 'client_invalid' });
  await assert.rejects(signInByKey(user, key.id), { reason: 'client_invalid' });
  await world.system().run(deleteUser, { user: user.key });
  assert.deepEqual(
    (await world.system().keys('zitadel')).filter(({ id }) => id === key.id),
    [],
  );
  assert.deepEqual((await world.store.load({ secretsOf: [user.key] })).secrets.get(user.key), []);
});

test('people have none of these', async () => {
  const { key } = await world.create({ username: 'minnie' });
  const refused = { code: 'failed_precondition', reason: 'user_not_machine' };
  await assert.rejects(world.system().run(addClientSecret, { user: key }), refused);
  await assert.rejects(world.system().run(addKey, { ...keyInput({ key }) }), refused);
  const token = { user: key, dialect: 'zitadel', rights: null, expiresAt: expiresAt() };
  await assert.rejects(world.system().run(addAccessToken, token), refused);
});

test('a token of one dialect opens that one, until it expires', async () => {
  const user = await machine();
  const input = { user: user.key, dialect: 'zitadel', rights: null, expiresAt: expiresAt() };
  const { token = '' } = (await world.system().run(addAccessToken, input)).result;
  assert.equal((await works(token)).user, user.key);
  await assert.rejects(guard.authenticate(token, 'devicehive'), { reason: 'token_invalid' });
  world.clock.advance(lifeMs);
  await assert.rejects(works(token), { reason: 'token_expired' });
});

test('a dry run makes and ends nothing', async () => {
  const user = await machine();
  const dry = { dryRun: true };
  assert.deepEqual((await world.system().run(addClientSecret, { user: user.key }, dry)).result, {});
  const { result } = await world.system().run(addKey, keyInput(user), dry);
  assert.deepEqual([result.id, result.privateKey], ['', undefined]);
  assert.deepEqual((await world.user(user.key)).version, user.version);
});

function keyInput({ key }: Pick<User, 'key'>) {
  return { user: key, dialect: 'zitadel', publicKey: 'PEM', expiresAt: expiresAt() };
}
