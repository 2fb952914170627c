import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { revokeToken } from '#core/commands/tokens.ts';
import { hashToken } from '#core/token.ts';
import { type Served, serve, told } from './test-session.ts';

const unauthorized = [401, 'Unauthorized'];

/** A user on an open socket, whose token REST takes as well. */
async function signedIn(served: Served) {
  const id = await served.insert({ login: 'minnie' });
  const { accessToken, refreshToken } = await served.signIn('minnie');
  const session = await served.connect(accessToken);
  const works = async () => {
    await session.ask('user/getCurrent');
    assert.equal((await served.rest('GET /user/current', { token: accessToken })).status, 200);
  };
  const refused = async () => {
    assert.deepEqual(await told(session.ask('user/getCurrent')), unauthorized);
    assert.deepEqual(await told(session.ask('user/updateCurrent', { user: { data: { mine: true } } })), unauthorized);
    const { status, body } = await served.rest('GET /user/current', { token: accessToken });
    assert.deepEqual([status, body], [401, { error: 401, message: 'Unauthorized' }]);
  };
  await works();
  return { id, accessToken, refreshToken, session, works, refused };
}

/** An update through the directory's own API. */
async function patch({ server }: Served, id: number, body: object): Promise<void> {
  const { status } = await fetch(`${server.origin}/directory/v1/users/${id}?as=devicehive`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(status, 200);
}

test('a lock, or being disabled, through another dialect holds at the very next call; so does its end', async (t) => {
  const served = await serve(t);
  const { id, refreshToken, works, refused } = await signedIn(served);
  for (const state of ['locked', 'disabled']) {
    await patch(served, id, { state });
    await refused();
    const { status, body } = await served.rest('POST /token/refresh', { token: null, body: { refreshToken } });
    assert.deepEqual([status, body.message], unauthorized);
    await patch(served, id, { state: 'active' });
    await works();
  }
});

test('status 1 and 2 hold at the very next call, and a deletion for good', async (t) => {
  const served = await serve(t);
  const { id, works, refused } = await signedIn(served);
  for (const status of [1, 2]) {
    await served.rest(`PUT /user/${id}`, { body: { status } });
    await refused();
    await served.owner.ask('user/update', { userId: id, user: { status: 0 } });
    await works();
  }
  assert.equal((await served.rest(`DELETE /user/${id}`)).status, 204);
  await refused();
});

test('a new password through another dialect ends what came of a sign-in, on open sockets too', async (t) => {
  const served = await serve(t);
  const { id, refused, session, accessToken } = await signedIn(served);
  await patch(served, id, { password: 'An0ther password' });
  await refused();
  assert.deepEqual(await told(session.ask('authenticate', { token: accessToken })), [401, 'Invalid credentials']);
  const { accessToken: fresh } = await served.signIn('minnie', 'An0ther password');
  await session.ask('authenticate', { token: fresh });
  await session.ask('user/getCurrent');
});

test('a revoked token opens nothing any more, on open sockets too, and takes no other with it', async (t) => {
  const served = await serve(t);
  const { accessToken, refreshToken, refused, session } = await signedIn(served);
  const hash = hashToken(accessToken);
  const row = (await served.server.store.load({ tokens: [hash] })).tokens.get(hash);
  const system = served.server.directory.as(systemActor, { dialect: 'directory' });
  await system.run(revokeToken, { id: row?.id ?? '', holder: { user: row?.user ?? 0 } });
  await refused();
  const { accessToken: fresh } = await session.ask('token/refresh', { refreshToken });
  await session.ask('authenticate', { token: fresh });
  await session.ask('user/getCurrent');
});

test('a new password ends the tokens that came of a sign-in, and those made with them', async (t) => {
  const { server, owner, insert, signIn, connect } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const { accessToken, refreshToken } = await signIn('minnie');
  const session = await connect(accessToken);
  const payload = { userId: id, actions: ['GetCurrentUser'] };
  const made = await session.ask('token/create', { payload });
  const refreshed = await session.ask('token/refresh', { refreshToken });
  const given = await owner.ask('token/create', { payload });
  const sessions = [
    await connect(String(made.accessToken)),
    await connect(String(refreshed.accessToken)),
    await connect(String(given.accessToken)),
  ];
  await session.ask('user/updateCurrent', { user: { password: 'another password' } });
  for (const ended of [session, ...sessions.slice(0, 2)]) {
    assert.deepEqual(await told(ended.ask('user/getCurrent')), unauthorized);
  }
  assert.deepEqual(await told(session.ask('token/refresh', { refreshToken })), unauthorized);
  assert.deepEqual(await told(session.ask('token/refresh', { refreshToken: made.refreshToken })), unauthorized);
  await sessions[2]?.ask('user/getCurrent');
  await (await connect(server.token)).ask('user/getCurrent');
});
