import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { setState } from '#core/commands/set-state.ts';
import type { User } from '#core/user.ts';
import { type AccelaServer, startAccela } from '#dialects/accela/start-accela.ts';
import { openApp, openOtherAgency, type Parameters, type TestApp, userPassword, withPassword } from './test-app.ts';

let server: AccelaServer;
let app: TestApp;
let minnie: User;
before(async () => {
  server = await startAccela();
  app = await openApp(server);
  minnie = await server.create({ ...withPassword, patch: { username: 'minnie', 'loginNames.accela': 'mouse' } });
});
after(() => server.close());

const wrongUser = { error: 'invalid_userid_or_password', error_description: 'Invalid user name or password.' };
const opens = async (token: string) => (await server.call('GET', '/oauth2/tokeninfo', { token })).status === 200;

test('a password gets tokens, written as the vendor’s servers write them', async () => {
  const { status, headers, body, text } = await app.post(app.asking(minnie, { scope: 'records users' }));
  assert.equal(status, 200);
  const { access_token: access, refresh_token: refresh, ...rest } = body;
  assert.deepEqual(rest, { token_type: 'bearer', expires_in: 900, scope: 'records users' });
  assert.deepEqual(Object.keys(body), ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope']);
  assert.match(String(access), /^muster_\S{40}$/);
  assert.notEqual(access, refresh);
  assert.match(text, /^\{\r\n {2}"access_token": "muster_/);
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.match(headers.get('x-accela-traceid') ?? '', /^261121/);
  assert.equal(headers.has('x-accela-original-httpstatus'), false);
  assert.ok(await opens(String(access)));
  assert.equal(await opens(String(refresh)), false);
});

test('a user signs in by its username or its own name here, in any case, through a provider or not', async () => {
  for (const username of ['minnie', 'MINNIE', 'mouse']) assert.ok(await app.signIn(minnie, { username }));
  await app.signIn(minnie, { id_provider: 'citizen', agency_name: 'main', state: 'x', unknown: 'y' });
  assert.equal((await server.present(minnie)).activity.lastLoginAt, server.clock.now());
});

test('one answer for a wrong password, an unknown name, and users who may not or cannot sign in', async () => {
  const system = server.directory.as(systemActor, { dialect: 'test' });
  const [locked, disabled] = [await server.create(withPassword), await server.create(withPassword)];
  await system.run(setState, { user: locked.key, action: 'lock' });
  await system.run(setState, { user: disabled.key, action: 'disable' });
  const stranger = await server.create({ ...withPassword, realm: await openOtherAgency(server) });
  const initial = await server.create({ ...withPassword, lifecycle: 'initial' });
  const nameless = await server.create();
  const wrong: readonly Parameters[] = [
    app.asking(minnie, { password: 'wrong' }),
    app.asking(minnie, { username: 'nobody' }),
    app.asking(minnie, { username: 'n'.repeat(2_000) }),
    ...[locked, disabled, stranger, initial, nameless].map((user) => app.asking(user)),
    app.asking(locked, { password: 'wrong' }),
  ];
  const answers = await Promise.all(wrong.map((parameters) => app.post(parameters)));
  for (const [index, { status, headers, body }] of answers.entries()) {
    assert.deepEqual([status, body], [400, wrongUser], JSON.stringify(wrong[index]));
    assert.equal(headers.get('x-accela-original-httpstatus'), '400');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.has('x-accela-resp-code'), false);
  }
});

test('an app that is not known, or has another secret, is invalid_client, whoever its user is', async () => {
  await openApp(server, 'elsewhere');
  const wrong: readonly Parameters[] = [
    { client_id: 'nobody' },
    { client_id: 'app', client_secret: 'wrong' },
    { client_id: 'elsewhere' },
    { client_id: 'APP' },
    { client_id: 'nobody', password: 'wrong' },
  ];
  for (const more of wrong) {
    const { status, body } = await app.post(app.asking(minnie, more));
    assert.deepEqual(
      [status, body],
      [400, { error: 'invalid_client', error_description: 'The client or its secret is wrong.' }],
      JSON.stringify(more),
    );
  }
});

test('the agency must be the app’s own, and is required of users of an agency', async () => {
  const clerk = await server.create({ ...withPassword, administers: { accela: true } });
  await app.signIn(clerk, { agency_name: 'Main' });
  await app.signIn(minnie, { agency_name: '' });
  for (const [user, agency_name] of [
    [clerk, ''],
    [minnie, 'OTHER'],
  ] as const) {
    const { status, body } = await app.post(app.asking(user, { agency_name }));
    assert.deepEqual([status, body['error']], [400, 'invalid_request'], agency_name);
    assert.match(String(body['error_description']), /^agency_name /);
  }
});

test('wrong passwords lock nobody here, unless the realm says so', async () => {
  const user = await server.create(withPassword);
  for (let guess = 0; guess < 29; guess++) await app.post(app.asking(user, { password: 'wrong' }));
  await app.signIn(user);
  const strict = await server.store.allocate('realm', 1);
  const fields = { name: 'strict', language: 'en', region: 'US', timeZone: 'UTC', lockAfterAttempts: 2 };
  const system = server.directory.as(systemActor, { dialect: 'test' });
  await system.run(createRealm, { key: strict, ids: { accela: 'STRICT' }, fields });
  const inStrict = await openApp(server, 'strict', strict, 'STRICT');
  const locked = await server.create({ ...withPassword, realm: strict });
  for (const password of ['wrong', 'wronger', userPassword]) {
    const { body } = await inStrict.post(inStrict.asking(locked, { password }));
    assert.deepEqual(body, wrongUser, password);
  }
  assert.ok((await server.present(locked)).fields.lockedAt);
});

test('too many wrong attempts are 429, and say how long to wait', async () => {
  const user = await server.create(withPassword);
  for (let guess = 0; guess < 30; guess++) await app.post(app.asking(user, { password: 'wrong' }));
  const { status, headers, body } = await app.post(app.asking(user));
  assert.deepEqual([status, body['error']], [429, 'too_many_requests']);
  assert.equal(headers.get('x-accela-original-httpstatus'), '429');
  assert.equal(headers.get('retry-after'), '60');
  assert.deepEqual(
    ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`)),
    ['30', '0', '60'],
  );
  server.clock.advance(60_000);
  await app.signIn(user);
});

test('what clients forget to escape in a form is a wrong password, and no fault', async () => {
  const { password: _password, ...rest } = app.asking(minnie);
  const form = new URLSearchParams(rest).toString();
  for (const password of ['a&b', 'a+b', '100%', '%zz', 'a=b&c=d', '&&', userPassword.replace(' ', '&')]) {
    const { status, body } = await app.post(`${form}&password=${password}`);
    assert.equal(status, 400, password);
    assert.ok(['invalid_userid_or_password', 'invalid_request'].includes(String(body['error'])), password);
  }
  const user = await server.create({
    password: { set: { plain: 'p&l+u%s=ü' }, rules: anyPassword, lockAfterAttempts: 0 },
  });
  await app.signIn(user, { password: 'p&l+u%s=ü' });
});
const anyPassword = { minLength: 1, maxLength: 200 };
