import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { administrator, idOf, openPortal, type Portal, wholeUser } from './test-client.ts';

let portal: Portal;
before(async () => {
  portal = await openPortal();
});
after(() => portal.server.close());

test('answers about a user carry its version, and If-Match must name it', async () => {
  const { user, sent } = await wholeUser(portal);
  const tag = (await portal.get(idOf(user))).headers.get('etag') ?? '';
  assert.equal(tag, `"${user.version}"`);
  const headers = { 'if-match': tag };
  const fresh = await portal.put(idOf(user), { ...sent, DisplayName: 'Mini' }, { headers });
  assert.equal(fresh.status, 200);
  assert.equal(fresh.headers.get('etag'), `"${user.version + 1}"`);
  const stale = await portal.put(idOf(user), { ...sent, DisplayName: 'Max' }, { headers });
  assert.equal(stale.status, 412);
  assert.equal(stale.json.Error.ErrorCode, 'VERSION_MISMATCH');
  assert.equal((await portal.read(user)).fields['profile.displayName'], 'Mini');
});

test('a dry run answers as if, writes nothing, and checks no password', async () => {
  const { user, sent } = await wholeUser(portal);
  const headers = { 'muster-dry-run': 'true' };
  const before = (await administrator(portal)).activity.failedAttempts;
  const body = { ...sent, DisplayName: 'Mini', UserPassword: 'wrong' };
  const answer = await portal.put(idOf(user), body, { headers });
  assert.equal(answer.status, 200);
  assert.equal(answer.json.ResponseData.Detail.DisplayName, 'Mini');
  assert.equal((await portal.read(user)).version, user.version);
  assert.equal((await administrator(portal)).activity.failedAttempts, before);
  assert.equal((await portal.put(idOf(user), { ...sent, TimeZone: 'x' }, { headers })).status, 400);
});

test('one Idempotency-Key runs once, whatever has happened since; another body under it is 422', async () => {
  const { user, sent } = await wholeUser(portal);
  const headers = { 'idempotency-key': 'once' };
  const first = await portal.put(idOf(user), { ...sent, DisplayName: 'Mini' }, { headers });
  await portal.put(idOf(user), { ...sent, DisplayName: 'Max' });
  const again = await portal.put(idOf(user), { ...sent, DisplayName: 'Mini' }, { headers });
  assert.equal(again.status, 200);
  assert.deepEqual(again.json, first.json);
  assert.equal((await portal.read(user)).fields['profile.displayName'], 'Max');
  const other = await portal.put(idOf(user), { ...sent, DisplayName: 'Moritz' }, { headers });
  assert.equal(other.status, 422);
  assert.equal(other.json.Error.ErrorCode, 'IDEMPOTENCY_KEY_REUSED');
});

test('a header that cannot be read is 400', async () => {
  const { user, sent } = await wholeUser(portal);
  const answer = await portal.put(idOf(user), sent, { headers: { 'muster-dry-run': 'perhaps' } });
  assert.equal(answer.status, 400);
  assert.deepEqual(answer.json.ModelState, { user: ['Muster-Dry-Run must be true or false.'] });
});
