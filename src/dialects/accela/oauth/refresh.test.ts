import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { User } from '#core/user.ts';
import { type AccelaServer, citizens, startAccela } from '#dialects/accela/start-accela.ts';
import { openApp, type TestApp, withPassword } from './test-app.ts';

let server: AccelaServer;
let app: TestApp;
let minnie: User;
before(async () => {
  server = await startAccela();
  app = await openApp(server);
  minnie = await server.create(withPassword);
});
after(() => server.close());

const infoOf = async (token: string) => (await server.call('GET', '/oauth2/tokeninfo', { token })).body;

test('a refresh token gets two new tokens, and ends', async () => {
  const first = await app.signIn(minnie, { scope: 'users records' });
  const { status, body } = await app.refresh(first.refresh_token, { environment: 'test' });
  assert.equal(status, 200);
  const { access_token: access, refresh_token: refresh, ...rest } = body;
  assert.deepEqual(rest, { token_type: 'bearer', expires_in: 900, scope: 'users records' });
  assert.equal(new Set([access, refresh, first.access_token, first.refresh_token]).size, 4);
  assert.equal((await infoOf(String(access)))['userId'], minnie.ids['accela']);
  const again = await app.refresh(first.refresh_token);
  assert.deepEqual([again.status, again.body['error']], [400, 'invalid_grant']);
  assert.equal((await app.refresh(String(refresh))).status, 200, 'reuse ends the used token alone');
});

test('of two that come with one refresh token at once, one gets tokens', async () => {
  const { refresh_token: token } = await app.signIn(minnie);
  const answers = await Promise.all(Array.from({ length: 8 }, () => app.refresh(token)));
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, ...Array(7).fill(400)]);
});

test('scopes may be narrowed for the access token, and never widened', async () => {
  const { refresh_token: first } = await app.signIn(minnie, { scope: 'users records' });
  const { body } = await app.refresh(first, { scope: 'records' });
  assert.equal(body['scope'], 'records');
  const narrow = String(body['access_token']);
  assert.deepEqual((await infoOf(narrow))['scopes'], ['records']);
  assert.equal((await server.call('GET', citizens, { token: narrow })).status, 403);
  const second = String(body['refresh_token']);
  const wider = await app.refresh(second, { scope: 'users inspections' });
  assert.deepEqual([wider.status, wider.body['error']], [400, 'invalid_scope']);
  const whole = await app.refresh(second);
  assert.equal(whole.body['scope'], 'users records', 'what was refused has ended nothing');
});

test('a refresh token is of its app, its environment and its agency', async () => {
  const { refresh_token: token } = await app.signIn(minnie);
  const other = await openApp(server, 'other-app');
  const refused = [
    [await other.refresh(token), 'invalid_grant'],
    [await app.refresh(token, { environment: 'PROD' }), 'invalid_grant'],
    [await app.refresh(token, { agency_name: 'OTHER' }), 'invalid_request'],
    [await app.refresh(token, { client_secret: 'wrong' }), 'invalid_client'],
    [await app.refresh('muster_wrong'), 'invalid_grant'],
    [await app.refresh(server.token), 'invalid_grant'],
  ] as const;
  for (const [{ status, body }, error] of refused) assert.deepEqual([status, body['error']], [400, error]);
  assert.equal((await app.refresh(token)).status, 200);
});

test('an access token refreshes nothing', async () => {
  const { access_token: token } = await app.signIn(minnie);
  assert.equal((await app.refresh(token)).body['error'], 'invalid_grant');
});

test('access lasts 15 minutes, and refresh 8 hours from each refresh', async () => {
  const first = await app.signIn(minnie);
  server.clock.advance(15 * 60_000 - 1);
  assert.equal((await infoOf(first.access_token))['expiresIn'], 0);
  server.clock.advance(1);
  assert.equal((await infoOf(first.access_token))['code'], 'token_expired');
  server.clock.advance(7 * 3_600_000);
  const { body } = await app.refresh(first.refresh_token);
  server.clock.advance(8 * 3_600_000 - 1);
  const last = await app.refresh(String(body['refresh_token']));
  assert.equal(last.status, 200);
  server.clock.advance(8 * 3_600_000);
  assert.equal((await app.refresh(String(last.body['refresh_token']))).body['error'], 'invalid_grant');
});
