import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createToken } from '#core/commands/tokens.ts';
import { epochMsOf, later } from '#core/instant.ts';
import type { JsonObject } from '#core/json.ts';
import { startServer } from '#test/server.ts';
import { jwtsUnder, type Payload } from './jwt.ts';
import { converse } from './probe.ts';
import { clientActions } from './rights.ts';
import { payloadOf, serve, told } from './test-session.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const denied = [403, 'Access is denied'];
const invalid = [401, 'Invalid credentials'];
const unauthorized = [401, 'Unauthorized'];

test('a sign-in gives two tokens with the rights of the role', async (t) => {
  const { server, insert, signIn, read } = await serve(t);
  const [minnie, mickey, admin] = [
    await insert({ login: 'minnie' }),
    await insert({ login: 'mickey', allDeviceTypesAvailable: false }),
    await insert({ login: 'second', role: 0 }),
  ];
  const now = Date.parse(server.clock.now());
  const { accessToken, refreshToken } = await signIn('minnie');
  const client = { u: minnie, a: clientActions, n: [], dt: ['*'] };
  assert.deepEqual(payloadOf(accessToken), { ...client, e: now + 30 * minute, t: 1 });
  assert.deepEqual(payloadOf(refreshToken), { ...client, e: now + 182 * day, t: 0 });
  assert.deepEqual(payloadOf((await signIn('mickey')).accessToken).dt, []);
  const { u, a, n, dt } = payloadOf((await signIn('second')).accessToken);
  assert.deepEqual({ u, a, n, dt }, { u: admin, a: [0], n: ['*'], dt: ['*'] });
  assert.equal((await read(minnie)).lastLogin, server.clock.now().slice(0, -1));
  assert.equal(mickey, minnie + 1);
});

test('sign-ins in the same millisecond give different tokens, each of which works', async (t) => {
  const { insert, connect } = await serve(t);
  await insert({ login: 'minnie' });
  const sessions = await Promise.all([connect(), connect(), connect()]);
  const credentials = { login: 'minnie', password: 'a password' };
  const signedIn = await Promise.all(sessions.map((session) => session.ask('token', credentials)));
  assert.equal(new Set(signedIn.map(({ accessToken }) => accessToken)).size, 3);
  assert.equal(new Set(signedIn.map(({ refreshToken }) => refreshToken)).size, 3);
  for (const [index, { accessToken }] of signedIn.entries()) {
    await sessions[index]?.ask('authenticate', { token: accessToken });
    await sessions[index]?.ask('user/getCurrent');
  }
});

test('an unknown login and a wrong password are told in one text', async (t) => {
  const { insert, connect, owner } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const anybody = await connect();
  const signIn = (login: unknown, password: unknown) => told(anybody.ask('token', { login, password }));
  assert.deepEqual(await signIn('minnie', 'wrong password'), invalid);
  assert.deepEqual(await signIn('nobody', 'wrong password'), invalid);
  const empty = [400, 'Invalid or empty authorization request parameters'];
  for (const [login, password] of [
    [' ', 'x'],
    ['x', ''],
    [null, 'x'],
    ['x', undefined],
  ]) {
    assert.deepEqual(await signIn(login, password), empty);
  }
  await owner.ask('user/update', { userId: id, user: { password: 1234567 } });
  assert.ok((await anybody.ask('token', { login: 'minnie', password: 1234567 })).accessToken);
});

test('whoever is locked or disabled cannot sign in', async (t) => {
  const { insert, connect } = await serve(t);
  await insert({ login: 'locked', status: 1 });
  await insert({ login: 'disabled', status: 2 });
  const anybody = await connect();
  for (const login of ['locked', 'disabled']) {
    const refused = await told(anybody.ask('token', { login, password: 'a password' }));
    assert.deepEqual(refused, [401, 'User is locked or disabled']);
  }
});

test('authenticate takes an access token that was issued here, and nothing else', async (t) => {
  const secret = 'a secret of this test';
  const { server, owner, insert, signIn, connect } = await serve(t, { MUSTER_DEVICEHIVE_JWT_SECRET: secret });
  const id = await insert({ login: 'minnie' });
  const { accessToken, refreshToken } = await signIn('minnie');
  const session = await connect();
  const authenticate = (token: unknown) => session.ask('authenticate', { token });
  for (const token of [null, '']) assert.deepEqual(await told(authenticate(token)), unauthorized);
  assert.deepEqual(await told(session.ask('authenticate')), unauthorized);
  const forged = await (await jwtsUnder(secret)).write({ ...payloadOf(accessToken), a: [0] } as unknown as Payload);
  for (const token of ['x', 'a.b.c', refreshToken, forged, `${accessToken.slice(0, -2)}xx`]) {
    assert.deepEqual(await told(authenticate(token)), invalid, token);
  }
  assert.deepEqual(await told(authenticate({})), [400, 'Malformed Json received.']);
  assert.deepEqual(await authenticate(accessToken), { action: 'authenticate', requestId: null, status: 'success' });
  await owner.ask('user/update', { userId: id, user: { status: 2 } });
  assert.deepEqual(await told((await connect()).ask('authenticate', { token: accessToken })), invalid);
  assert.deepEqual(await told(session.ask('authenticate', { token: 'x' })), invalid);
  assert.ok(await session.ask('authenticate', { token: server.token }));
});

test('authenticating again swaps the identity, and a refused token leaves it', async (t) => {
  const { server, insert, signIn, connect } = await serve(t);
  await insert({ login: 'minnie' });
  const session = await connect((await signIn('minnie')).accessToken);
  const login = async () => ((await session.ask('user/getCurrent')).current as JsonObject).login;
  assert.equal(await login(), 'minnie');
  assert.deepEqual(await told(session.ask('authenticate', { token: 'x' })), invalid);
  assert.equal(await login(), 'minnie');
  await session.ask('authenticate', { token: server.token });
  assert.equal(await login(), 'admin');
});

test('an access token expires, at authenticate and on open connections; the refresh token gets a new one', async (t) => {
  const { server, insert, signIn, connect } = await serve(t);
  await insert({ login: 'minnie' });
  const { accessToken, refreshToken } = await signIn('minnie');
  const session = await connect(accessToken);
  server.clock.advance(30 * minute - 1);
  await session.ask('user/getCurrent');
  server.clock.advance(1);
  assert.deepEqual(await told(session.ask('user/getCurrent')), [401, 'Token expired']);
  assert.deepEqual(await told((await connect()).ask('authenticate', { token: accessToken })), [401, 'Token expired']);
  const fresh = await session.ask('token/refresh', { refreshToken });
  assert.deepEqual(Object.keys(fresh), ['action', 'requestId', 'status', 'accessToken']);
  const { e, ...rights } = payloadOf(String(fresh.accessToken));
  const { e: _, ...first } = payloadOf(accessToken);
  assert.deepEqual([rights, e], [first, Date.parse(server.clock.now()) + 30 * minute]);
  await session.ask('authenticate', { token: fresh.accessToken });
  await session.ask('user/getCurrent');
});

test('token/refresh tells of a wrong type, an expired and an unknown token', async (t) => {
  const { server, owner, insert, signIn, connect } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const { accessToken, refreshToken } = await signIn('minnie');
  const anybody = await connect();
  const refresh = (token: unknown) => told(anybody.ask('token/refresh', { refreshToken: token }));
  assert.deepEqual(await told(anybody.ask('token/refresh')), [400, 'Missing or invalid payload in request']);
  assert.deepEqual(await refresh(''), [400, 'Missing or invalid payload in request']);
  assert.deepEqual(await refresh(accessToken), [401, 'Invalid token type']);
  assert.deepEqual(await refresh(`${refreshToken}x`), unauthorized);
  assert.deepEqual(await refresh('x'), unauthorized);
  assert.deepEqual(await refresh(server.token), unauthorized);
  await owner.ask('user/update', { userId: id, user: { status: 1 } });
  assert.deepEqual(await refresh(refreshToken), unauthorized);
  await owner.ask('user/update', { userId: id, user: { status: 0 } });
  server.clock.advance(182 * day);
  assert.deepEqual(await refresh(refreshToken), [401, 'Token has expired']);
});

test('an administrator loses the right to others with the role, on open connections too', async (t) => {
  const { owner, insert, signIn, connect } = await serve(t);
  const [second, minnie] = [await insert({ login: 'second', role: 0 }), await insert({ login: 'minnie' })];
  const session = await connect((await signIn('second')).accessToken);
  await session.ask('user/update', { userId: minnie, user: { data: {} } });
  await owner.ask('user/update', { userId: second, user: { role: 1 } });
  assert.deepEqual(await told(session.ask('user/update', { userId: minnie, user: { data: {} } })), denied);
  assert.equal(((await session.ask('user/getCurrent')).current as JsonObject).role, 1);
});

test('token/create gives no more than its maker has, and to nobody else but by an administrator', async (t) => {
  const { owner, insert, signIn, connect } = await serve(t);
  const [minnie, second] = [await insert({ login: 'minnie' }), await insert({ login: 'second', role: 0 })];
  const session = await connect((await signIn('minnie')).accessToken);
  const create = (payload: object, asker = session) => asker.ask('token/create', { payload });
  const { accessToken, refreshToken } = await create({ userId: minnie, actions: clientActions, networkIds: [] });
  const { u, a, n, dt, t: type } = payloadOf(String(accessToken));
  assert.deepEqual({ u, a, n, dt, type }, { u: minnie, a: clientActions, n: [], dt: null, type: 1 });
  assert.equal(payloadOf(String(refreshToken)).t, 0);
  const tooMuch = [403, 'A token cannot allow more than the token that it is made with'];
  assert.deepEqual(await told(create({ userId: minnie, actions: [0] })), tooMuch);
  assert.deepEqual(await told(create({ userId: minnie, actions: ['ManageUser'] })), tooMuch);
  assert.deepEqual(await told(create({ userId: minnie, networkIds: ['*'] })), tooMuch);
  assert.deepEqual(await told(create({ userId: second })), denied);
  assert.deepEqual(await told(create({ userId: 99 })), denied);
  const admin = await connect((await signIn('second')).accessToken);
  assert.equal(payloadOf(String((await create({ userId: minnie, actions: [] }, admin)).accessToken)).u, minnie);
  assert.deepEqual(await told(create({ userId: 1 }, admin)), [403, 'This user administers more than you do.']);
  const narrow = await create({ userId: second, actions: ['ManageToken'] }, admin);
  const narrowed = await connect(String(narrow.accessToken));
  assert.deepEqual(await told(create({ userId: second, actions: [0] }, narrowed)), tooMuch);
  assert.deepEqual(await told(create({ userId: 99 }, owner)), [404, 'User with id = 99 not found']);
  assert.deepEqual(await told(owner.ask('token/create')), [400, 'Malformed Json received.']);
  await owner.ask('user/update', { userId: minnie, user: { status: 2 } });
  assert.deepEqual(await told(create({ userId: minnie }, owner)), [403, 'User is locked or disabled']);
});

test('what is made with a directory token that ends does not outlive it', async (t) => {
  const { server, owner, connect } = await serve(t);
  const expiresAt = later(server.clock.now(), 60_000);
  const system = server.directory.as(systemActor, { dialect: 'test' });
  const { token = '' } = (await system.run(createToken, { user: 1, expiresAt })).result;
  const payload = {
    userId: 1,
    actions: ['*'],
    networkIds: ['*'],
    deviceTypeIds: ['*'],
    expiration: '2200-01-01T00:00:00',
  };
  const made = await (await connect(token)).ask('token/create', { payload });
  for (const each of [made.accessToken, made.refreshToken]) {
    assert.ok(Number(payloadOf(String(each)).e) <= epochMsOf(expiresAt));
  }
  const others = await owner.ask('token/create', { payload });
  assert.ok(Number(payloadOf(String(others.accessToken)).e) > epochMsOf(expiresAt));
});

test('tokens expire when asked to, in the past too', async (t) => {
  const { server, owner, connect } = await serve(t);
  const now = Date.parse(server.clock.now());
  const payload = { userId: 1, actions: [0], expiration: now + 1_000, refreshExpiration: '2026-12-24T12:00:00.000' };
  const { accessToken, refreshToken } = await owner.ask('token/create', { payload });
  assert.equal(payloadOf(String(accessToken)).e, now + 1_000);
  assert.equal(payloadOf(String(refreshToken)).e, Date.UTC(2026, 11, 24, 12));
  const session = await connect(String(accessToken));
  server.clock.advance(1_000);
  assert.deepEqual(await told(session.ask('user/getCurrent')), [401, 'Token expired']);
  const past = await owner.ask('token/create', { payload: { userId: 1, expiration: now - 1 } });
  const authenticated = session.ask('authenticate', { token: past.accessToken });
  assert.deepEqual(await told(authenticated), [401, 'Token expired']);
});

test('the secret of the JWTs is the one given', async (t) => {
  const { insert, signIn } = await serve(t, { MUSTER_DEVICEHIVE_JWT_SECRET: 'devicehive' });
  await insert({ login: 'minnie' });
  const { accessToken } = await signIn('minnie');
  assert.ok(await (await jwtsUnder('devicehive')).read(accessToken));
  await assert.rejects(serve(t, { MUSTER_DEVICEHIVE_JWT_SECRET: '-_-' }), /at least four/);
});

test('else it is made once and kept sealed; another one ends the tokens of the first', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-'));
  t.after(() => rm(folder, { recursive: true }));
  const environment = { MUSTER_STORE: `sqlite:${join(folder, 'muster.db')}` };
  const first = await startServer(environment);
  const signingIn = await converse(first);
  const payload = { userId: 1, actions: [0] };
  const { accessToken: token } = await signingIn.ask('token/create', { payload });
  const records = [{ dialect: 'devicehive', kind: 'setting', id: 'jwt-secret' }];
  const kept = [...(await first.store.load({ records })).records.values()];
  signingIn.close();
  await first.close();
  const second = await serve(t, environment);
  await second.connect(String(token));
  assert.deepEqual([...(await second.server.store.load({ records })).records.values()], kept);
  await second.server.close();
  const third = await serve(t, { ...environment, MUSTER_DEVICEHIVE_JWT_SECRET: 'devicehive' });
  assert.deepEqual(await told((await third.connect()).ask('authenticate', { token })), invalid);
});
