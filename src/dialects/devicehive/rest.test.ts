import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createToken } from '#core/commands/tokens.ts';
import type { JsonObject } from '#core/json.ts';
import type { Permission } from '#core/permissions.ts';
import { jwtsUnder } from './jwt.ts';
import { clientActions } from './rights.ts';
import { routes } from './routes.ts';
import { payloadOf, serve, told } from './test-session.ts';

const unauthorized = { error: 401, message: 'Unauthorized' };
const denied = { error: 403, message: 'Access is denied' };
const minute = 60_000;

test('a user is created, read, updated and deleted', async (t) => {
  const { rest, read } = await serve(t);
  const user = { login: 'minnie', role: 1, password: 'secret', data: { a: 1 }, passwordConfirmation: 'x' };
  const created = await rest('POST /user', { body: user });
  const shown = { id: 2, lastLogin: null, data: { a: 1 }, introReviewed: false, allDeviceTypesAvailable: true };
  assert.equal(created.status, 201);
  assert.equal(created.text, JSON.stringify(shown));
  assert.equal(created.headers.get('content-type')?.split(';')[0], 'application/json');
  const found = await rest('GET /user/2');
  assert.deepEqual([found.status, found.body], [200, await read(2)]);
  const updated = await rest('PUT /user/2', { body: { ...user, id: 9, data: { b: 2 }, status: 2 } });
  assert.deepEqual([updated.status, updated.text], [204, '']);
  assert.deepEqual([(await read(2)).data, (await read(2)).status], [{ b: 2 }, 2]);
  const deleted = await rest('DELETE /user/2');
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  const gone = await rest('GET /user/2');
  assert.deepEqual([gone.status, gone.body], [404, { error: 404, message: 'User with id = 2 not found' }]);
});

test('oneself is read and updated', async (t) => {
  const { rest, insert, signIn } = await serve(t);
  const id = await insert({ login: 'minnie', data: { a: 1 } });
  const { accessToken: token } = await signIn('minnie');
  const me = (await rest('GET /user/current', { token })).body;
  assert.deepEqual([me.id, me.login, me.networks], [id, 'minnie', []]);
  const tourEnd = { id, role: null, status: null, introReviewed: true, data: null };
  assert.equal((await rest('PUT /user/current', { token, body: tourEnd })).status, 204);
  const after = (await rest('GET /user/current', { token })).body;
  assert.deepEqual([after.introReviewed, after.data], [true, null]);
  const promoted = await rest('PUT /user/current', { token, body: { role: 0 } });
  assert.deepEqual(promoted.body, { error: 403, message: 'Admin permissions required for this action' });
  assert.equal((await rest(`PUT /user/${id}`, { token, body: { data: { b: 1 } } })).status, 204);
});

test('an update without a body changes nothing, of a user that is there', async (t) => {
  const { rest, insert, read } = await serve(t);
  const id = await insert({ login: 'minnie', data: { a: 1 } });
  const before = await read(id);
  const headers = { 'content-type': 'application/json' };
  for (const text of [undefined, '', ' \n']) {
    const request = { headers, ...(text === undefined ? {} : { text }) };
    assert.equal((await rest(`PUT /user/${id}`, request)).status, 204);
    assert.equal((await rest('PUT /user/current', request)).status, 204);
    assert.equal((await rest('PUT /user/99', request)).status, 404);
  }
  assert.deepEqual(await read(id), before);
  const empty = await rest('POST /user', { headers });
  assert.deepEqual([empty.status, empty.body.message], [400, 'Error! Validation failed: Object is null']);
});

test('a sign-in, tokens made with it, and a renewed one', async (t) => {
  const { rest, insert } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const signedIn = await rest('POST /token', { token: null, body: { login: 'minnie', password: 'a password' } });
  assert.equal(signedIn.status, 201);
  assert.deepEqual(Object.keys(signedIn.body), ['accessToken', 'refreshToken']);
  const { accessToken: token, refreshToken } = signedIn.body;
  const body = { userId: id, actions: clientActions, networkIds: [], deviceTypeIds: ['*'] };
  const made = await rest('POST /token/create', { token, body });
  assert.equal(made.status, 201);
  assert.deepEqual(payloadOf(made.body.accessToken).a, clientActions);
  const tooMuch = await rest('POST /token/create', { token, body: { ...body, actions: [0] } });
  assert.deepEqual([tooMuch.status, tooMuch.body.error], [403, 403]);
  const renewed = await rest('POST /token/refresh', { token: null, body: { refreshToken } });
  assert.deepEqual([renewed.status, Object.keys(renewed.body)], [201, ['accessToken']]);
  assert.equal((await rest('GET /user/current', { token: renewed.body.accessToken })).status, 200);
});

test('the server tells of its other address, by the name that it was called by', async (t) => {
  const { server, rest } = await serve(t);
  assert.deepEqual((await rest('GET /info', { token: null })).body, {
    apiVersion: '4.1.0',
    serverTimestamp: server.clock.now().slice(0, -1),
    webSocketServerUrl: `${server.origin.replace('http', 'ws')}/dh/websocket`,
  });
});

test('both addresses are the public ones where the server has been told of it', async (t) => {
  const { rest, connect } = await serve(t, { MUSTER_PUBLIC_URL: 'https://users.example.com' });
  const { webSocketServerUrl } = (await rest('GET /info', { token: null })).body;
  const { info } = await (await connect()).ask('server/info');
  assert.equal(webSocketServerUrl, 'wss://users.example.com/dh/websocket');
  assert.equal((info as JsonObject).restServerUrl, 'https://users.example.com/dh/rest');
});

test('the token is asked for first, of the scheme Bearer alone, and must allow the operation', async (t) => {
  const { rest, owner, signIn, insert, server } = await serve(t);
  await insert({ login: 'minnie' });
  const { accessToken, refreshToken } = await signIn('minnie');
  const payload = { userId: 1, actions: [1], networkIds: [], deviceTypeIds: [] };
  const { accessToken: nothing } = await owner.ask('token/create', { payload });
  for (const { action, rest: route, needs } of routes) {
    if (route === undefined || needs === undefined) continue;
    const operation = `${route.method} ${route.path.replace(/:\w+/g, '1')}`;
    const refused = [
      await rest(operation, { token: null }),
      await rest(operation, { token: 'x' }),
      await rest(operation, { token: null, headers: { authorization: `Basic ${server.token}` } }),
      await rest(operation, { token: null, headers: { authorization: server.token } }),
      await rest(operation, { token: refreshToken }),
    ];
    for (const { status, body } of refused) assert.deepEqual([status, body], [401, unauthorized], action);
    const { status, body } = await rest(operation, { token: String(nothing) });
    assert.deepEqual([status, body], [403, denied], action);
  }
  const lowerCase = { token: null, headers: { authorization: `bearer ${accessToken}` } };
  assert.equal((await rest('GET /user/current', lowerCase)).status, 200);
});

test('an expired token is told as such, also when its row is gone', async (t) => {
  const { server, owner, rest, insert, signIn } = await serve(t, { MUSTER_DEVICEHIVE_JWT_SECRET: 'devicehive' });
  const id = await insert({ login: 'minnie' });
  const { accessToken: token } = await signIn('minnie');
  server.clock.advance(30 * minute);
  const expired = { error: 401, message: 'Token expired' };
  assert.deepEqual((await rest('GET /user/current', { token })).body, expired);
  server.clock.advance(1);
  await server.store.prune(server.clock.now());
  // What is known of the token is forgotten with a change of its user.
  await owner.ask('user/update', { userId: id, user: { data: {} } });
  const { status, body } = await rest('GET /user/current', { token });
  assert.deepEqual([status, body], [401, expired]);
  const jwts = await jwtsUnder('devicehive');
  const never = { u: 2, a: [0], n: null, dt: null, t: 1, e: Date.parse(server.clock.now()) + 1 } as const;
  assert.deepEqual((await rest('GET /user/current', { token: await jwts.write(never) })).body, unauthorized);
});

test('who is no administrator sees nobody else: the status tells of the right, the body of the user', async (t) => {
  const { owner, rest, insert } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const payload = { userId: id, actions: ['ManageUser'] };
  const token = String((await owner.ask('token/create', { payload })).accessToken);
  assert.equal((await rest(`GET /user/${id}`, { token })).status, 200);
  const other = await rest('GET /user/1', { token });
  assert.deepEqual([other.status, other.body], [403, { error: 404, message: 'User with id = 1 not found' }]);
});

test('nobody deletes the account that it uses', async (t) => {
  const { owner, rest, insert, connect } = await serve(t);
  const id = await insert({ login: 'second', role: 0 });
  const message = 'You can not delete a user or access key that you use to authenticate this request';
  const payload = { userId: id, actions: [0] };
  const token = String((await owner.ask('token/create', { payload })).accessToken);
  const { status, body } = await rest(`DELETE /user/${id}`, { token });
  assert.deepEqual([status, body], [403, { error: 403, message }]);
  assert.deepEqual(await told((await connect(token)).ask('user/delete', { userId: id })), [403, message]);
});

test('what is known and not built says so', async (t) => {
  const { rest } = await serve(t);
  for (const { action, rest: route, handle } of routes) {
    if (route === undefined || handle !== undefined) continue;
    const { status, body } = await rest(`${route.method} ${route.path.replace(/:\w+/g, '1')}`);
    assert.deepEqual([status, body], [501, { error: 501, message: `Muster does not have ${action} yet.` }]);
  }
});

test('pages of other hosts may call, whatever is answered', async (t) => {
  const { rest } = await serve(t);
  const preflight = await rest('OPTIONS /user/1', { token: null });
  assert.deepEqual([preflight.status, preflight.text], [200, '']);
  assert.equal(preflight.headers.get('allow'), 'OPTIONS, DELETE, GET, PUT');
  const answers = [
    preflight,
    await rest('GET /user/1'),
    await rest('GET /user/x'),
    await rest('GET /user/1', { token: 'x' }),
  ];
  answers.push(await rest('PUT /user/1', { text: '{}', headers: { 'content-type': 'json' } }));
  for (const { headers } of [...answers, await rest('GET /nowhere'), await rest('PATCH /user/1')]) {
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.equal(headers.get('access-control-allow-credentials'), 'true');
    assert.equal(headers.get('access-control-allow-methods'), 'OPTIONS, GET, POST, PUT, DELETE, HEAD');
    assert.match(headers.get('access-control-allow-headers') ?? '', /^Origin, Authorization, Accept, Content-Type,/);
    assert.equal(headers.get('access-control-max-age'), '0');
  }
});

test('paths and methods that are none', async (t) => {
  const { rest } = await serve(t);
  for (const operation of ['GET /nowhere', 'GET /', 'POST /user/1/fly']) {
    const { status, body } = await rest(operation, { token: null });
    assert.deepEqual([status, body], [404, { error: 404, message: 'Not Found' }], operation);
  }
  const patched = await rest('PATCH /user/1', { body: {} });
  assert.deepEqual([patched.status, patched.body], [405, { error: 405, message: 'Method Not Allowed' }]);
  assert.equal(patched.headers.get('allow'), 'OPTIONS, DELETE, GET, PUT');
});

test('token/refresh and authenticate are logins to the vendor, token/create is none', async (t) => {
  const { server, owner, insert, signIn, connect, rest, read } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const { accessToken, refreshToken } = await signIn('minnie');
  const lastLogin = async () => (await read(id)).lastLogin;
  const now = () => server.clock.now().slice(0, -1);
  const first = now();
  server.clock.advance(minute);
  const body = { userId: id, actions: ['GetCurrentUser'] };
  await owner.ask('token/create', { payload: body });
  assert.equal((await rest('POST /token/create', { token: accessToken, body })).status, 201);
  assert.equal(await lastLogin(), first);
  await rest('POST /token/refresh', { token: null, body: { refreshToken } });
  assert.equal(await lastLogin(), now());
  server.clock.advance(minute);
  await connect(accessToken);
  assert.equal(await lastLogin(), now());
});

test('too many attempts are told with when to try again', async (t) => {
  const { rest, connect } = await serve(t);
  const body = { login: 'nobody', password: 'a guess' };
  const anybody = await connect();
  for (let attempt = 0; attempt < 30; attempt++) await told(anybody.ask('token', body));
  const { status, headers, body: answered } = await rest('POST /token', { token: null, body });
  const message = 'Too many attempts: try again in 60 seconds.';
  assert.deepEqual([status, answered], [429, { error: 429, message }]);
  assert.equal(headers.get('retry-after'), '60');
  assert.deepEqual(await told(anybody.ask('token', body)), [429, message]);
});

test('a limited token of the directory reads or writes, and makes no tokens', async (t) => {
  const { server, insert, rest } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  const limited = async (...permissions: Permission[]) => {
    const user = (await server.directory.resolve('devicehive', '1')) ?? 0;
    return (await system.run(createToken, { user, permissions })).result.token ?? '';
  };
  const [reads, writes] = [await limited('users.read'), await limited('users.read', 'users.write')];
  assert.equal((await rest(`GET /user/${id}`, { token: reads })).status, 200);
  assert.deepEqual((await rest(`PUT /user/${id}`, { token: reads, body: { data: {} } })).body, denied);
  assert.equal((await rest(`PUT /user/${id}`, { token: writes, body: { data: {} } })).status, 204);
  assert.deepEqual((await rest('POST /token/create', { token: writes, body: { userId: 1 } })).body, denied);
});
