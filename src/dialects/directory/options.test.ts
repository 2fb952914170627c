import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCaller } from './test-caller.ts';

test('If-Match lets a change through only at the version it names', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const patch = (tag: string, nickName: string) =>
    call('PATCH', `/users/${id}`, { profile: { nickName } }, { 'if-match': tag });
  assert.equal((await patch('"1"', 'Min')).status, 200);
  const stale = await patch('"1"', 'Mina');
  assert.deepEqual([stale.status, stale.body.reason], [412, 'version_mismatch']);
  assert.equal((await patch('"nonsense"', 'Mina')).status, 412);
  assert.equal((await patch('*', 'Mina')).status, 200);
  assert.equal((await call('DELETE', `/users/${id}`, undefined, { 'if-match': '"1"' })).status, 412);
  assert.equal((await call('GET', `/users/${id}`)).body.profile.nickName, 'Mina');
});

test('under one Idempotency-Key a user is created once, and another body is refused', async (context) => {
  const { call } = await startCaller(context);
  const create = (username: string) => call('POST', '/users', { username }, { 'idempotency-key': 'k1' });
  const [first, twin] = await Promise.all([create('minnie'), create('minnie')]);
  assert.deepEqual([first.status, twin.status], [201, 201]);
  assert.deepEqual(twin.body, first.body);
  const other = await create('daisy');
  assert.deepEqual([other.status, other.body.reason], [422, 'idempotency_key_reused']);
});

test('a retried change is answered again, though it is by now what is shown', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const patch = (nickName: string) =>
    call('PATCH', `/users/${id}`, { profile: { nickName } }, { 'idempotency-key': 'k2' });
  const first = await patch('Min');
  const again = await patch('Min');
  assert.deepEqual([again.status, again.body], [first.status, first.body]);
  assert.equal((await patch('Mina')).status, 422);
});

test('a dry run shows what would be, and leaves no trace', async (context) => {
  const { call, create } = await startCaller(context);
  const user = await create();
  const dry = { 'muster-dry-run': 'true' };
  const patched = await call('PATCH', `/users/${user.id}`, { profile: { nickName: 'Min' } }, dry);
  assert.deepEqual([patched.status, patched.body.profile.nickName], [200, 'Min']);
  assert.equal((await call('DELETE', `/users/${user.id}`, undefined, dry)).status, 204);
  assert.deepEqual((await call('GET', `/users/${user.id}`)).body, user);
  assert.equal((await call('POST', '/users', { username: 'minnie' }, dry)).body.reason, 'username_taken');
  const misspelt = await call('PATCH', `/users/${user.id}`, {}, { 'muster-dry-run': 'yes' });
  assert.deepEqual([misspelt.status, misspelt.body.field], [400, 'Muster-Dry-Run']);
});
