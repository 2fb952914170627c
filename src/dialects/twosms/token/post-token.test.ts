import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { revokeToken } from '#core/commands/tokens.ts';
import { hashToken } from '#core/token.ts';
import {
  type Answer,
  administrator,
  type Credentials,
  idOf,
  openPortal,
  type Portal,
  wholeUser,
  xmlOf,
} from '#dialects/twosms/test-client.ts';

let portal: Portal;
let app: Credentials;
before(async () => {
  portal = await openPortal();
  app = await portal.createClient();
});
after(() => portal.server.close());

const grant_type = 'client_credentials';
const again = (refresh_token: string, by = app) => portal.token({ grant_type: 'refresh_token', refresh_token, ...by });
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

async function tokensOf(credentials: Credentials): Promise<{ token: string; refresh: string }> {
  const { json } = await portal.token({ grant_type, ...credentials });
  return { token: json.access_token, refresh: json.refresh_token };
}

function assertRefused({ status, headers, json }: Answer, error: string): void {
  assert.deepEqual([status, Object.keys(json), json.error], [400, ['error', 'error_description'], error]);
  assert.equal(headers.get('cache-control'), 'no-cache');
}

test('a client gets a bearer token and a refresh token, as the framework answers them', async () => {
  const { status, headers, json } = await portal.token({ grant_type, ...app });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ['access_token', 'token_type', 'expires_in', 'refresh_token']);
  assert.deepEqual([json.token_type, json.expires_in], ['bearer', 28_799]);
  assert.match(json.access_token, /^muster_/);
  assert.notEqual(json.access_token, json.refresh_token);
  assert.deepEqual(
    ['content-type', 'cache-control', 'pragma', 'expires'].map((name) => headers.get(name)),
    ['application/json;charset=UTF-8', 'no-cache', 'no-cache', '-1'],
  );
});

test('the path is read in any case, the form whatever it is sent as, its names in any case', async () => {
  for (const path of ['/token', '/TOKEN', '/Token?x=1']) {
    for (const type of ['application/x-www-form-urlencoded; charset=UTF-8', 'application/json', 'text/plain']) {
      const body = `GRANT_TYPE=${grant_type}&Client_Id=${app.client_id}&client_secret=${app.client_secret}&scope=`;
      const answer = await portal.send('POST', path, { body, type, token: null });
      assert.equal(answer.status, 200, `${path} ${type}`);
    }
  }
});

test('a client may name itself by Basic', async () => {
  const { client_id, client_secret } = app;
  const headers = basic(`${client_id}:${client_secret}`);
  assert.equal((await portal.token({ grant_type }, headers)).status, 200);
  assert.equal((await portal.token({ grant_type, client_id }, headers)).status, 200);
  assertRefused(await portal.token({ grant_type, ...app }, headers), 'invalid_request');
  assertRefused(await portal.token({ grant_type, client_id: 'other' }, headers), 'invalid_request');
  assertRefused(await portal.token({ grant_type }, basic(`${client_id}:wrong`)), 'invalid_client');
  assert.equal((await portal.token({ grant_type, ...app }, { authorization: 'Bearer x' })).status, 200);
});

test('a dry run is refused: it could make no token that holds', async () => {
  assertRefused(await portal.token({ grant_type, ...app }, { 'muster-dry-run': 'true' }), 'invalid_request');
});

test("what is wrong is told in OAuth's words", async () => {
  const { client_id, client_secret } = app;
  const cases: readonly [string, Record<string, string> | string][] = [
    ['invalid_client', ''],
    ['invalid_client', { grant_type }],
    ['invalid_client', { grant_type, client_id }],
    ['invalid_client', { grant_type, client_id, client_secret: '' }],
    ['invalid_client', { grant_type, client_id, client_secret: `${client_secret}x` }],
    ['invalid_client', { grant_type, client_id: 'nobody', client_secret }],
    ['invalid_client', { grant_type, client_id: client_id.toUpperCase(), client_secret }],
    ['invalid_request', app as unknown as Record<string, string>],
    ['invalid_request', { ...app, grant_type: '' }],
    ['invalid_request', { ...app, grant_type: 'refresh_token' }],
    ['invalid_request', `grant_type=${grant_type}&grant_type=${grant_type}&client_id=a&client_secret=b`],
    ['invalid_grant', { ...app, grant_type: 'refresh_token', refresh_token: 'nonsense' }],
    ['unsupported_grant_type', { ...app, grant_type: 'password', username: 'admin', password: 'x' }],
    ['unsupported_grant_type', { ...app, grant_type: 'Client_Credentials' }],
    ['unsupported_grant_type', { ...app, grant_type: '__proto__' }],
  ];
  for (const [error, form] of cases) assertRefused(await portal.token(form), error);
  const [unknown, wrong] = await Promise.all([
    portal.token({ grant_type, client_id: 'nobody', client_secret }),
    portal.token({ grant_type, client_id, client_secret: 'wrong' }),
  ]);
  assert.equal(unknown.text, wrong.text);
});

test('a form that is no UTF-8, one too large, and another method are refused in the same shape', async () => {
  const send = (body: string) => portal.send('POST', '/Token', { body, type: 'text/plain', token: null });
  assertRefused(await send('grant_type=%FF'), 'invalid_request');
  const large = await send(`x=${'y'.repeat(1_048_576)}`);
  assert.deepEqual([large.status, large.json.error], [413, 'invalid_request']);
  const other = await portal.send('GET', '/Token', { token: null });
  assert.deepEqual([other.status, other.headers.get('allow'), other.json.error], [405, 'POST', 'invalid_request']);
});

test("the token opens the users of the client's account, in every format", async () => {
  const { token } = await tokensOf(app);
  const { user, sent } = await wholeUser(portal);
  const [id, version] = [idOf(user), async () => (await portal.read(user)).version];
  assert.equal((await portal.get(id, { token })).json.ResponseData.Detail.ID, id);
  assert.match((await portal.get(id, { token, accept: 'text/xml' })).text, /^<ResponseOfUser .*<Detail><ID>/);
  for (const [type, body] of [
    ['application/json', { ...sent, DisplayName: 'By JSON' }],
    ['text/xml', xmlOf({ ...sent, DisplayName: 'By XML' })],
    ['application/x-www-form-urlencoded', String(new URLSearchParams({ ...sent, DisplayName: 'By form' } as never))],
  ] as const) {
    const before = await version();
    const answer = await portal.put(id, body, { token, type, accept: 'application/json' });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(await version(), before + 1);
  }
  const list = await portal.send('GET', '/api/v1/admin/users', { token });
  assert.ok(list.json.ResponseData.Detail.some(({ ID }: { ID: string }) => ID === id));
});

test("the caller is named by the client's guid, and so is who made the change", async () => {
  const { token } = await tokensOf(app);
  const { user, sent } = await wholeUser(portal);
  const answer = await portal.put(idOf(user), { ...sent, DisplayName: 'Mini' }, { token });
  const { UserId } = answer.json.ResponseData.Identification;
  assert.match(UserId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const failed = await portal.get(UserId, { token });
  assert.equal(failed.status, 404);
  assert.equal(failed.json.ResponseData.Identification.UserId, UserId);
  const system = portal.server.directory.as(systemActor, { dialect: 'test' });
  const change = (await system.changesOf(user.key)).at(-1);
  assert.deepEqual([change?.actor.kind, change?.actor.id], ['client', UserId]);
});

test('a client has no password: UserPassword says nothing, whatever it is', async () => {
  const { token } = await tokensOf(app);
  const { user, sent } = await wholeUser(portal);
  const body = { ...sent, DisplayName: 'Mini', UserPassword: 'whatever' };
  assert.equal((await portal.put(idOf(user), body, { token })).status, 200);
  const { json } = await portal.put(idOf(user), { ...body, TimeZone: 'x' }, { token });
  assert.deepEqual(Object.keys(json.ModelState), ['user.TimeZone']);
});

test('users of another account are not found, and not listed', async () => {
  const realm = await portal.openAccount();
  const stranger = await portal.create({}, 'active', realm);
  const { sent } = await wholeUser(portal);
  const { token } = await tokensOf(app);
  for (const answer of [
    await portal.get(idOf(stranger), { token }),
    await portal.put(idOf(stranger), { ...sent, Username: 'stolen' }, { token }),
  ]) {
    assert.deepEqual([answer.status, answer.json.Error.ErrorCode], [404, 'USER_NOT_FOUND']);
  }
  assert.equal((await portal.read(stranger)).version, stranger.version);
  const theirs = await portal.createClient(realm);
  const list = await portal.send('GET', '/api/v1/admin/users', { token: (await tokensOf(theirs)).token });
  assert.deepEqual(
    list.json.ResponseData.Detail.map(({ ID }: { ID: string }) => ID),
    [idOf(stranger)],
  );
});

test('a client administers 2sms and no more: not who administers the directory', async () => {
  const { token } = await tokensOf(app);
  const owner = idOf(await administrator(portal));
  const { Detail } = (await portal.get(owner, { token })).json.ResponseData;
  assert.equal((await portal.put(owner, { ...Detail, DisplayName: 'Mine' }, { token })).status, 401);
  const { user, sent } = await wholeUser(portal);
  const granted = await portal.put(idOf(user), { ...sent, AdminUser: true }, { token });
  assert.equal(granted.json.ResponseData.Detail.AdminUser, true);
});

test('the token opens no other API, and a refresh token opens nothing', async () => {
  const { token, refresh } = await tokensOf(app);
  const authorization = `Bearer ${token}`;
  for (const path of ['/v2/users/1', '/directory/v1/users/1']) {
    assert.equal((await fetch(portal.server.origin + path, { headers: { authorization } })).status, 401, path);
  }
  assert.equal((await portal.send('GET', '/api/v1/admin/users', { token: refresh })).status, 401);
  assertRefused(await again(token), 'invalid_grant');
});

test('a refresh token gets new ones once, also when it is used twice at a time', async () => {
  const first = await tokensOf(app);
  const answers = await Promise.all([again(first.refresh), again(first.refresh), again(first.refresh)]);
  const [won, ...lost] = answers.toSorted((a, b) => a.status - b.status);
  assert.equal(won?.status, 200);
  for (const answer of lost) assertRefused(answer, 'invalid_grant');
  assertRefused(await again(first.refresh), 'invalid_grant');
  const { access_token, refresh_token } = won?.json ?? {};
  for (const token of [first.token, access_token]) {
    assert.equal((await portal.send('GET', '/api/v1/admin/users', { token })).status, 200);
  }
  assert.equal((await again(refresh_token)).status, 200);
});

test("a refresh token is its client's alone, and a stranger does not use it up", async () => {
  const { refresh } = await tokensOf(app);
  assertRefused(await again(refresh, await portal.createClient()), 'invalid_grant');
  assertRefused(await portal.token({ grant_type: 'refresh_token', refresh_token: refresh }), 'invalid_client');
  assert.equal((await again(refresh)).status, 200);
});

test('an access token ends after 8 hours, a refresh token after 30 days', async (t) => {
  const other = await openPortal();
  t.after(() => other.server.close());
  const credentials = await other.createClient();
  const { json } = await other.token({ grant_type, ...credentials });
  const call = async () => (await other.send('GET', '/api/v1/admin/users', { token: json.access_token })).status;
  other.server.clock.advance(8 * 3_600_000 - 1);
  assert.equal(await call(), 200);
  other.server.clock.advance(1);
  assert.equal(await call(), 401);
  const refreshed = (refresh_token: string) =>
    other.token({ grant_type: 'refresh_token', refresh_token, ...credentials });
  other.server.clock.advance(30 * 24 * 3_600_000 - 8 * 3_600_000 - 1);
  const next = await refreshed(json.refresh_token);
  assert.equal(next.status, 200);
  other.server.clock.advance(30 * 24 * 3_600_000);
  assertRefused(await refreshed(next.json.refresh_token), 'invalid_grant');
});

test('a revoked client is refused at the very next call, with all that it has', async () => {
  const gone = await portal.createClient();
  const { token, refresh } = await tokensOf(gone);
  const call = async () => (await portal.send('GET', '/api/v1/admin/users', { token })).status;
  assert.equal(await call(), 200);
  await portal.revokeClient(gone.client_id);
  assert.equal(await call(), 401);
  assertRefused(await again(refresh, gone), 'invalid_client');
  assertRefused(await portal.token({ grant_type, ...gone }), 'invalid_client');
});

test('a revoked token is refused at the very next call', async () => {
  const { token } = await tokensOf(app);
  const call = async () => (await portal.send('GET', '/api/v1/admin/users', { token })).status;
  assert.equal(await call(), 200);
  const { store, directory } = portal.server;
  const { id = '' } = (await store.load({ tokens: [hashToken(token)] })).tokens.get(hashToken(token)) ?? {};
  const holder = { client: { dialect: 'twosms', id: app.client_id } };
  await directory.as(systemActor, { dialect: 'directory' }).run(revokeToken, { id, holder });
  assert.equal(await call(), 401);
});

test('nothing of a secret or a token is kept in clear', async () => {
  const { token, refresh } = await tokensOf(app);
  const { store } = portal.server;
  const { tokens } = await store.load({ tokens: [hashToken(token), hashToken(refresh)] });
  const records = await store.recordsIn(1, 'client', 100);
  assert.deepEqual([tokens.size, records.some(({ id }) => id === app.client_id)], [2, true]);
  const kept = JSON.stringify([...tokens.values(), ...records]);
  for (const secret of [token, refresh, app.client_secret]) assert.ok(!kept.includes(secret));
});

test('too many wrong secrets are 429 with a time to wait, which is told in the same shape', async (t) => {
  const other = await openPortal();
  t.after(() => other.server.close());
  const { client_id, client_secret } = await other.createClient();
  const guess = () => other.token({ grant_type, client_id, client_secret: 'wrong' });
  let guesses = 0;
  while ((await guess()).status === 400 && guesses < 1_000) guesses += 1;
  assert.ok(guesses >= 20 && guesses < 1_000);
  const { status, headers, json } = await other.token({ grant_type, client_id, client_secret });
  assert.deepEqual([status, headers.get('retry-after'), json.error], [429, '60', 'temporarily_unavailable']);
  other.server.clock.advance(60_000);
  assert.equal((await other.token({ grant_type, client_id, client_secret })).status, 200);
});

test('a store that cannot answer is 503', async () => {
  const other = await openPortal();
  const credentials = await other.createClient();
  await other.server.store.close();
  const { status, headers, json } = await other.token({ grant_type, ...credentials });
  await other.server.close();
  assert.deepEqual([status, headers.get('retry-after'), json.error], [503, '1', 'temporarily_unavailable']);
});
