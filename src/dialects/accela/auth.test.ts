import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { setState } from '#core/commands/set-state.ts';
import { type AccelaServer, citizens, startAccela } from './start-accela.ts';

let server: AccelaServer;
before(async () => {
  server = await startAccela();
});
after(() => server.close());

const list = (token: string | null, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  server.call(method, citizens, { token, headers });

test('a token opens bare and after Bearer', async () => {
  for (const token of [server.token, `Bearer ${server.token}`, `bearer  ${server.token}`]) {
    assert.equal((await list(token)).status, 200, token);
  }
});

test('no token beside an app ID is no_token, in the vendor’s words', async () => {
  const { status, body } = await list(null, { 'x-accela-appid': '635' });
  assert.deepEqual(
    [status, body['code'], body['message'], body['more']],
    [401, 'no_token', 'Token is required but not passed in the request.', 'Token required.'],
  );
  assert.equal((await list('Bearer', { 'x-accela-appid': '635' })).body['code'], 'no_token');
});

test('nothing at all is bad_request, and names the headers', async () => {
  const { status, body } = await list(null);
  assert.deepEqual([status, body['code']], [400, 'bad_request']);
  assert.match(String(body['message']), /app ID or an access token is required/);
  assert.match(String(body['more']), /x-accela-appid/);
});

test('a wrong token is invalid_token, one whose time is over token_expired', async () => {
  assert.deepEqual([(await list('wrong')).status, (await list('wrong')).body['code']], [401, 'invalid_token']);
  const user = await server.create();
  const expired = await server.tokenOf(user, { expiresAt: '2026-11-21T10:00:00.000Z' });
  const { status, body } = await list(expired);
  assert.deepEqual([status, body['code']], [401, 'token_expired']);
  assert.equal((await list(await server.tokenOf(user, { expiresAt: '2026-11-21T10:00:00.001Z' }))).status, 200);
});

test('a token of another dialect is no token here', async () => {
  const token = await server.tokenOf(await server.create(), { dialect: 'devicehive' });
  assert.equal((await list(token)).body['code'], 'invalid_token');
});

test('a locked or disabled user is refused from its next call on', async () => {
  for (const action of ['lock', 'disable'] as const) {
    const user = await server.create();
    const token = await server.tokenOf(user);
    assert.equal((await list(token)).status, 200);
    await server.directory.as(systemActor, { dialect: 'test' }).run(setState, { user: user.key, action });
    const { status, body } = await list(token);
    assert.deepEqual([status, body['code']], [401, 'unauthorized'], action);
  }
});

test('the agency that a request names must be the token’s', async () => {
  for (const agency of ['MAIN', 'main']) {
    assert.equal((await list(server.token, { 'x-accela-agency': agency })).status, 200, agency);
  }
  for (const agency of ['OTHER', 'all']) {
    const { status, body } = await list(server.token, { 'x-accela-agency': agency });
    assert.deepEqual([status, body['code']], [401, 'invalid_token'], agency);
  }
});

test('when reading, several agencies may be named, and win', async () => {
  const other = { 'x-accela-agency': 'OTHER' };
  for (const agencies of ['all', 'OTHER, Main']) {
    assert.equal((await list(server.token, { ...other, 'x-accela-agencies': agencies })).status, 200, agencies);
  }
  assert.equal((await list(server.token, { 'x-accela-agencies': 'OTHER' })).body['code'], 'invalid_token');
  const written = await list(server.token, { ...other, 'x-accela-agencies': 'all' }, 'POST');
  assert.equal(written.body['code'], 'invalid_token');
});

test('any environment is this one', async () => {
  assert.equal((await list(server.token, { 'x-accela-environment': 'TEST' })).status, 200);
});
