import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { revokeClient } from '#core/commands/clients.ts';
import { revokeToken } from '#core/commands/tokens.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { JsonObject } from '#core/json.ts';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { type AccelaServer, citizens, startAccela } from '#dialects/accela/start-accela.ts';
import { openApp, type TestApp, withPassword } from './test-app.ts';

let server: AccelaServer;
let app: TestApp;
before(async () => {
  server = await startAccela();
  app = await openApp(server);
});
after(() => server.close());

const system = () => server.directory.as(systemActor, { dialect: 'test' });
const call = (token: string) => server.call('GET', citizens, { token });

/** What another API's clients call. */
async function throughZitadel(method: string, user: User, sent: string | JsonObject): Promise<void> {
  const id = user.ids['zitadel'];
  const path = typeof sent === 'string' ? `/v2/users/${id}${sent}` : `/v2/users/human/${id}`;
  const body = typeof sent === 'string' ? {} : sent;
  const { status } = await server.call(method, path, { token: `Bearer ${server.token}`, body });
  assert.equal(status, 200, path);
}

const ends: readonly (readonly [string, string, (user: User, token: string) => Promise<unknown>])[] = [
  ['a lock', 'unauthorized', (user) => throughZitadel('POST', user, '/lock')],
  ['a deactivation', 'unauthorized', (user) => throughZitadel('POST', user, '/deactivate')],
  ['a deletion', 'invalid_token', (user) => throughZitadel('DELETE', user, '')],
  [
    'a new password',
    'invalid_token',
    (user) => throughZitadel('PUT', user, { password: { password: { password: 'N3w-Passw0rd!' } } }),
  ],
];

for (const [what, code, end] of ends) {
  test(`${what} through another API ends both tokens at the very next call`, async () => {
    const user = await server.create(withPassword);
    const { access_token: access, refresh_token: refresh } = await app.signIn(user);
    assert.equal((await call(access)).status, 200);
    await end(user, access);
    const { status, body } = await call(access);
    assert.deepEqual([status, body['code']], [401, code]);
    const refreshed = await app.refresh(refresh);
    assert.deepEqual([refreshed.status, refreshed.body['error']], [400, 'invalid_grant']);
    assert.equal((await app.post(app.asking(user))).body['error'], 'invalid_userid_or_password');
  });
}

test('a token that is revoked ends at the very next call, and its refresh token stays', async () => {
  const user = await server.create(withPassword);
  const { access_token: access, refresh_token: refresh } = await app.signIn(user);
  assert.equal((await call(access)).status, 200);
  const hash = hashToken(access);
  const { id = '' } = (await server.store.load({ tokens: [hash] })).tokens.get(hash) ?? {};
  await system().run(revokeToken, { id, holder: { user: user.key } });
  assert.equal((await call(access)).body['code'], 'invalid_token');
  assert.equal((await app.refresh(refresh)).status, 200);
});

test('a client that is revoked ends all that it has got at the very next call, and nobody else’s', async () => {
  const user = await server.create(withPassword);
  const doomed = await openApp(server, 'doomed');
  const [gone, kept] = [await doomed.signIn(user), await app.signIn(user)];
  assert.equal((await call(gone.access_token)).status, 200);
  await system().run(revokeClient, { dialect: 'accela', id: 'doomed' });
  assert.equal((await call(gone.access_token)).body['code'], 'invalid_token');
  assert.equal((await doomed.refresh(gone.refresh_token)).body['error'], 'invalid_client');
  assert.equal((await app.refresh(gone.refresh_token)).body['error'], 'invalid_grant');
  assert.equal((await doomed.post(doomed.asking(user))).body['error'], 'invalid_client');
  assert.equal((await call(kept.access_token)).status, 200);
});

test('a client of the same id that comes later has none of the former one’s tokens', async () => {
  const user = await server.create(withPassword);
  const former = await openApp(server, 'again');
  const { access_token: access, refresh_token: refresh } = await former.signIn(user);
  await system().run(revokeClient, { dialect: 'accela', id: 'again' });
  const later = await openApp(server, 'again');
  assert.equal((await call(access)).body['code'], 'invalid_token');
  assert.equal((await later.refresh(refresh)).body['error'], 'invalid_grant');
});

test('an agency user who is one no more is a citizen at the very next call', async () => {
  const clerk = await server.create({ ...withPassword, administers: { accela: true } });
  const other = await server.create();
  const { access_token: token } = await app.signIn(clerk);
  const read = () => server.call('GET', `${citizens}/${other.ids['accela']}`, { token });
  assert.equal((await read()).status, 200);
  await system().run(updateUser, { user: clerk.key, administers: { accela: false } });
  assert.equal((await read()).status, 403);
});
