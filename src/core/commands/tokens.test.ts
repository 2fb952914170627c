import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { TokenGuard } from '#auth/token-guard.ts';
import type { ActingDirectory } from '#core/directory.ts';
import type { Permission } from '#core/permissions.ts';
import { hashToken } from '#core/token.ts';
import type { User, UserKey } from '#core/user.ts';
import { cheapHasher, openTestDirectory, type TestDirectory, viaOf } from '#test/directory.ts';
import { deleteUser } from './delete-user.ts';
import { setState } from './set-state.ts';
import { type CreateTokenInput, createToken, revokeToken } from './tokens.ts';
import { updateUser } from './update-user.ts';

let world: TestDirectory;
let guard: TokenGuard;
let minnie: User;
let boss: User;
const worlds: TestDirectory[] = [];
const denied = { code: 'permission_denied', reason: 'not_permitted' } as const;
const invalid = { code: 'unauthenticated', reason: 'token_invalid' } as const;
const soon = '2026-11-21T11:00:00.000Z';
const late = '2026-11-21T12:00:00.000Z';

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
  guard = new TokenGuard({ ...world, hasher: cheapHasher });
  minnie = await world.create({ username: 'minnie' });
  boss = await world.create({ username: 'boss', patch: { administers: ['directory'] } });
});
after(() => Promise.all(worlds.map((each) => each.close())));

const by = async (token: string): Promise<ActingDirectory> => world.as(await guard.authenticate(token, 'directory'));
const make = async (who: ActingDirectory, user: UserKey, more: Omit<CreateTokenInput, 'user'> = {}) =>
  (await who.run(createToken, { user, ...more })).result;
const tokenOf = async (user: User, more: Omit<CreateTokenInput, 'user'> = {}) =>
  (await make(world.system(), user.key, more)).token ?? '';
const limited = (user: User, ...permissions: Permission[]) => tokenOf(user, { permissions });
const name = { patch: { 'profile.givenName': 'X' } } as const;

test('a token has our prefix, opens the directory as its user, and only its hash is kept', async () => {
  const { token = '', ...row } = await make(world.system(), minnie.key);
  assert.match(token, /^muster_[\w-]{32}[0-9a-f]{8}$/);
  const actor = await guard.authenticate(token, 'directory');
  assert.deepEqual([actor.user, actor.token?.permissions], [minnie.key, undefined]);
  assert.equal(row.hash, hashToken(token));
  assert.deepEqual(await world.system().token(row.id), row);
  assert.deepEqual(await world.system().tokens({ user: minnie.key, limit: 10 }), [row]);
});

test('a user makes tokens for itself, an administrator for the users of its realm, nobody for who administers more', async () => {
  const other = await world.create({ username: 'donald', patch: { administers: ['devicehive'] } });
  const far = await world.create({ username: 'far', realm: 2 });
  const [mine, bosses, others] = [await tokenOf(minnie), await tokenOf(boss), await tokenOf(other)];
  await make(await by(mine), minnie.key);
  await assert.rejects(make(await by(mine), other.key), denied);
  await make(await by(bosses), minnie.key);
  await make(await by(bosses), other.key);
  const small = world.as(await guard.authenticate(others, 'devicehive'), 'devicehive');
  await make(small, minnie.key);
  await assert.rejects(make(small, boss.key), { code: 'permission_denied', reason: 'outranked' });
  await assert.rejects(make(await by(bosses), far.key), { code: 'not_found', reason: 'user_not_found' });
  await assert.rejects(make(await by(bosses), 999), { reason: 'user_not_found' });
  await world.system().run(deleteUser, { user: minnie.key });
  await assert.rejects(make(await by(bosses), minnie.key), { reason: 'user_not_found' });
});

test('a token is made with no more permissions than its maker has, and inherits the limit', async () => {
  const maker = await by(await limited(boss, 'tokens.write', 'users.read'));
  const inherited = await make(maker, boss.key);
  assert.deepEqual(inherited.rights, { permissions: ['users.read', 'tokens.write'] });
  const fewer = await make(maker, boss.key, { permissions: ['users.read', 'tokens.read', 'users.read'] });
  assert.deepEqual(fewer.rights, { permissions: ['users.read', 'tokens.read'] });
  for (const wider of [['users.write'], ['users.read', 'messages.read']] as const) {
    await assert.rejects(make(maker, boss.key, { permissions: wider }), { ...denied, field: 'permissions' });
  }
  const reader = await by(await limited(boss, 'users.read', 'tokens.read'));
  await assert.rejects(make(reader, boss.key, { permissions: ['users.read'] }), denied);
});

test('a token does not outlive the one that it is made with', async () => {
  const maker = await by(await tokenOf(boss, { expiresAt: soon }));
  assert.equal((await make(maker, boss.key)).expiresAt, soon);
  assert.equal((await make(maker, minnie.key, { expiresAt: soon })).expiresAt, soon);
  await assert.rejects(make(maker, minnie.key, { expiresAt: late }), { ...denied, field: 'expiresAt' });
  const lasting = await by(await tokenOf(boss));
  assert.equal((await make(lasting, boss.key)).expiresAt, undefined);
  for (const wrong of [
    '2026-11-21T10:00:00.000Z',
    '2020-01-01T00:00:00.000Z',
    'tomorrow',
    '2027-02-30T00:00:00.000Z',
  ]) {
    await assert.rejects(make(lasting, boss.key, { expiresAt: wrong }), { field: 'expiresAt' }, wrong);
  }
  world.clock.advance(3_600_000);
  await assert.rejects(
    make(maker, boss.key).then(({ token }) => by(token ?? '')),
    { field: undefined },
  );
});

test('a token that is made with one of a sign-in ends with the password, as that one does', async () => {
  const row = { use: 'access', dialect: 'directory', rights: null } as const;
  await guard.issue({ user: minnie }, [{ ...row, token: 'session', signedIn: true }], viaOf('directory'));
  assert.equal((await make(await by('session'), minnie.key)).signedIn, true);
});

test('a dry run makes no token and shows none', async () => {
  const { result } = await world.system().run(createToken, { user: minnie.key }, { dryRun: true });
  assert.deepEqual([result.token, result.id, result.hash], [undefined, '', '']);
  assert.deepEqual(await world.system().tokens({ user: minnie.key, limit: 10 }), []);
});

test('the same key is answered with the same token, which is kept sealed meanwhile', async () => {
  const options = { idempotencyKey: 'once' };
  const first = await world.system().run(createToken, { user: minnie.key }, options);
  const again = await world.system().run(createToken, { user: minnie.key }, options);
  assert.equal(again.result.token, first.result.token);
  assert.equal((await world.system().tokens({ user: minnie.key, limit: 10 })).length, 1);
});

test('a limited token is not answered with what one without its limits has made under the same key', async () => {
  const options = { idempotencyKey: 'once' };
  const [whole, reading] = [await by(await tokenOf(boss)), await by(await limited(boss, 'users.read'))];
  await whole.run(createToken, { user: boss.key }, options);
  await assert.rejects(reading.run(createToken, { user: boss.key }, options), denied);
});

test('tokens that come of one that has ended meanwhile are not issued', async () => {
  const token = { token: 'x', use: 'access', dialect: 'devicehive', rights: null, signedIn: false } as const;
  const from = await tokenOf(minnie);
  await guard.issue({ user: minnie, from }, [token], viaOf('devicehive'));
  const row = (await world.store.load({ tokens: [hashToken(from)] })).tokens.get(hashToken(from));
  await world.system().run(revokeToken, { id: row?.id ?? '', holder: { user: minnie.key } });
  await assert.rejects(guard.issue({ user: minnie, from }, [{ ...token, token: 'y' }], viaOf('devicehive')), invalid);
});

test('a revoked token is refused at the very next call, and in the batch that revokes it', async () => {
  const token = await tokenOf(minnie);
  const acting = await by(token);
  const { id } = await world
    .system()
    .tokens({ user: minnie.key, limit: 1 })
    .then(([row]) => row ?? { id: '' });
  const holder = { user: minnie.key };
  const [before, revoked, after] = await Promise.allSettled([
    acting.run(updateUser, { user: minnie.key, ...name }),
    world.system().run(revokeToken, { id, holder }),
    acting.run(updateUser, { user: minnie.key, patch: { 'profile.givenName': 'Y' } }),
  ]);
  assert.deepEqual([before.status, revoked.status, after.status], ['fulfilled', 'fulfilled', 'rejected']);
  assert.equal((await world.user(minnie.key)).fields['profile.givenName'], 'X');
  await assert.rejects(by(token), invalid);
  await assert.rejects(world.system().run(revokeToken, { id, holder }), { reason: 'token_not_found' });
});

test('a user ends its own tokens, an administrator those of its users, and nobody those of who administers more', async () => {
  const small = await world.create({ username: 'small', patch: { administers: ['devicehive'] } });
  const idOf = async (user: User) => (await make(world.system(), user.key)).id;
  const revoke = (acting: ActingDirectory, id: string, user: User) =>
    acting.run(revokeToken, { id, holder: { user: user.key } });
  const [mine, bosses] = [await by(await tokenOf(minnie)), await by(await tokenOf(boss))];
  await revoke(mine, await idOf(minnie), minnie);
  await assert.rejects(revoke(mine, await idOf(boss), boss), denied);
  await revoke(bosses, await idOf(minnie), minnie);
  const bySmall = world.as(await world.actor(small.key), 'devicehive');
  await assert.rejects(revoke(bySmall, await idOf(boss), boss), { reason: 'outranked' });
  await assert.rejects(bosses.run(revokeToken, { id: 'no-such-id' }), { reason: 'token_not_found' });
  await assert.rejects(bosses.run(revokeToken, { id: await idOf(minnie) }), { reason: 'token_not_found' }, 'no holder');
  const reader = await by(await limited(boss, 'tokens.read', 'users.write'));
  await assert.rejects(revoke(reader, await idOf(boss), boss), denied);
});

test('tokens are seen by their user and by who administers it', async () => {
  const far = await world.create({ username: 'far', realm: 2 });
  const mine = await make(world.system(), minnie.key);
  const bosses = await make(world.system(), boss.key);
  const fars = await make(world.system(), far.key);
  const [asMinnie, asBoss] = [await by(mine.token ?? ''), await by(bosses.token ?? '')];
  const ids = async (acting: ActingDirectory, page = {}) =>
    (await acting.tokens({ limit: 10, ...page })).map(({ id }) => id).sort();
  assert.deepEqual(await ids(asMinnie), [mine.id]);
  assert.deepEqual(await ids(asMinnie, { user: minnie.key }), [mine.id]);
  await assert.rejects(ids(asMinnie, { user: boss.key }), denied);
  assert.deepEqual(await ids(asBoss), [mine.id, bosses.id].sort());
  assert.equal((await asBoss.tokens({ limit: 1 })).length, 1);
  await assert.rejects(ids(asBoss, { user: far.key }), { reason: 'user_not_found' });
  for (const [acting, id] of [
    [asMinnie, bosses.id],
    [asBoss, fars.id],
    [asBoss, 'none'],
  ] as const) {
    await assert.rejects(acting.token(id), { code: 'not_found', reason: 'token_not_found' });
  }
  assert.equal((await asBoss.token(mine.id)).id, mine.id);
  const blind = await by(await limited(boss, 'users.write', 'clients.write'));
  await assert.rejects(ids(blind), denied);
  await assert.rejects(blind.token(mine.id), denied);
});

test('a locked user has nobody who could use its tokens, and they open again with it', async () => {
  const token = await tokenOf(minnie);
  const act = (action: 'lock' | 'unlock') => world.system().run(setState, { user: minnie.key, action });
  await act('lock');
  await assert.rejects(by(token), { reason: 'user_locked' });
  await act('unlock');
  await by(token);
});
