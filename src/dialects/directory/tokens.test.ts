import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCaller } from './test-caller.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const at = '2026-11-21T10:00:00.000Z';

test('a token is shown once, when it is made, and opens what it is for', async (context) => {
  const { call, create } = await startCaller(context);
  const { id: user } = await create();
  const limits = { permissions: ['users.read'], expiresAt: '2027-01-01T00:00:00.000Z' };
  const { status, body } = await call('POST', '/tokens', { user, ...limits });
  assert.equal(status, 201);
  const { token, id, ...rest } = body;
  assert.match(token, /^muster_[\w-]{32}[0-9a-f]{8}$/);
  const shown = { user, username: 'minnie', dialect: 'directory', use: 'access', ...limits, createdAt: at };
  assert.deepEqual(rest, shown);
  const listed = await call('GET', `/tokens?user=${user}`);
  assert.deepEqual([listed.status, listed.body], [200, { tokens: [{ id, ...shown }] }]);
  assert.equal((await call('GET', `/users/${user}`, undefined, bearer(token))).status, 200);
  const refused = await call('PATCH', `/users/${user}`, { data: { a: 1 } }, bearer(token));
  assert.deepEqual([refused.status, refused.body.reason], [403, 'not_permitted']);
});

test("without a user it is the caller's own; a user may be named by another dialect's id", async (context) => {
  const { call, create } = await startCaller(context);
  const minnie = await create();
  const own = (await call('POST', '/tokens', {})).body;
  assert.deepEqual([own.username, own.permissions, own.expiresAt], ['admin', undefined, undefined]);
  for (const user of [Number(minnie.ids['devicehive']), String(minnie.ids['devicehive'])]) {
    assert.equal((await call('POST', '/tokens?as=devicehive', { user })).body.user, minnie.id);
  }
  const listed = await call('GET', `/tokens?user=${minnie.ids['devicehive']}&as=devicehive&limit=1`);
  assert.equal(listed.body.tokens.length, 1);
});

test("an administrator lists the realm's tokens, the owner's first one too, and a user its own", async (context) => {
  const { call, create } = await startCaller(context);
  const { id: user } = await create();
  const { token, ...made } = (await call('POST', '/tokens', { user })).body;
  const names = (body: { tokens: { username: string }[] }) => body.tokens.map(({ username }) => username).sort();
  assert.deepEqual(names((await call('GET', '/tokens')).body), ['admin', 'minnie']);
  assert.deepEqual((await call('GET', '/tokens', undefined, bearer(token))).body, { tokens: [made] });
  const { id: other } = await create({ username: 'daisy' });
  assert.equal((await call('GET', `/tokens?user=${other}`, undefined, bearer(token))).status, 403);
  assert.equal((await call('POST', '/tokens', { user: other }, bearer(token))).status, 403);
});

test('a revoked token is refused at the next call', async (context) => {
  const { call, create } = await startCaller(context);
  const { id: user } = await create();
  const { token, id } = (await call('POST', '/tokens', { user })).body;
  const read = () => call('GET', `/users/${user}`, undefined, bearer(token));
  assert.equal((await read()).status, 200);
  const key = { 'idempotency-key': 'gone' };
  assert.equal((await call('DELETE', `/tokens/${id}`, undefined, { 'muster-dry-run': 'true' })).status, 204);
  assert.equal((await read()).status, 200);
  const { status, body } = await call('DELETE', `/tokens/${id}`, undefined, key);
  assert.deepEqual([status, body], [204, undefined]);
  const refused = await read();
  assert.deepEqual([refused.status, refused.body.reason], [401, 'token_invalid']);
  assert.equal((await call('DELETE', `/tokens/${id}`, undefined, key)).status, 204, 'repeated under its key');
  const again = await call('DELETE', `/tokens/${id}`);
  assert.deepEqual([again.status, again.body.reason], [404, 'token_not_found']);
});

test('a token ends itself', async (context) => {
  const { call, create } = await startCaller(context);
  const { id: user } = await create();
  const { token, id } = (await call('POST', '/tokens', { user })).body;
  assert.equal((await call('DELETE', `/tokens/${id}`, undefined, bearer(token))).status, 204);
  assert.equal((await call('GET', '/tokens', undefined, bearer(token))).status, 401);
});

test('a dry run shows no token; the same key shows the same one again', async (context) => {
  const { call, create } = await startCaller(context);
  const { id: user } = await create();
  const dry = await call('POST', '/tokens', { user }, { 'muster-dry-run': 'true', 'idempotency-key': 'k' });
  assert.deepEqual([dry.status, dry.body.token, dry.body.id, dry.body.user], [201, undefined, undefined, user]);
  const make = (body = { user }) => call('POST', '/tokens', body, { 'idempotency-key': 'k' });
  const [first, twin] = await Promise.all([make(), make()]);
  assert.match(first.body.token, /^muster_/);
  assert.deepEqual(twin.body, first.body);
  assert.equal((await call('GET', `/tokens?user=${user}`)).body.tokens.length, 1);
  const { id: other } = await create({ username: 'daisy' });
  assert.equal((await make({ user: other })).status, 201, 'another user is another target');
});

test('a token with messages.read reads messages and nothing else', async (context) => {
  const { call, create } = await startCaller(context);
  await create();
  const { token } = (await call('POST', '/tokens', { permissions: ['messages.read'] })).body;
  assert.equal((await call('GET', '/messages', undefined, bearer(token))).status, 200);
  for (const path of ['/users', '/tokens', '/clients']) {
    assert.equal((await call('GET', path, undefined, bearer(token))).status, 403, path);
  }
});
