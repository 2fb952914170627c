import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCaller } from './test-caller.ts';

const at = '2026-11-21T10:00:00.000Z';

test('a client is let in, its made secret shown once, and listed without it', async (context) => {
  const { call } = await startCaller(context);
  const { status, body } = await call('POST', '/clients', { dialect: 'accela', name: 'Permits' });
  assert.equal(status, 201);
  const { id, secret, ...rest } = body;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.match(secret, /^[\w-]{32}$/);
  assert.deepEqual(rest, { dialect: 'accela', name: 'Permits', createdAt: at });
  const listed = await call('GET', '/clients');
  assert.deepEqual([listed.status, listed.body], [200, { clients: [{ id, ...rest }] }]);
});

test('an id and a secret that are given are kept, and the secret is not repeated', async (context) => {
  const { call } = await startCaller(context);
  const given = { dialect: 'twosms', id: 'a/b%c', secret: 'a-secret-of-some-length' };
  const { body } = await call('POST', '/clients', given);
  assert.deepEqual(body, { dialect: 'twosms', id: 'a/b%c', name: 'a/b%c', createdAt: at });
  const taken = await call('POST', '/clients', given);
  assert.deepEqual([taken.status, taken.body.reason, taken.body.field], [409, 'id_taken', 'id']);
  assert.equal((await call('GET', '/clients?limit=1')).body.clients.length, 1);
});

test('a revoked client is gone', async (context) => {
  const { call } = await startCaller(context);
  await call('POST', '/clients', { dialect: 'twosms', id: 'a/b%c', secret: 'a-secret-of-some-length' });
  const path = `/clients/twosms/${encodeURIComponent('a/b%c')}`;
  assert.equal((await call('DELETE', path, undefined, { 'muster-dry-run': 'true' })).status, 204);
  const gone = await call('DELETE', path, undefined, { 'idempotency-key': 'k' });
  assert.deepEqual([gone.status, gone.body], [204, undefined]);
  assert.equal((await call('DELETE', path, undefined, { 'idempotency-key': 'k' })).status, 204);
  const again = await call('DELETE', path);
  assert.deepEqual([again.status, again.body.reason], [404, 'client_not_found']);
  assert.deepEqual((await call('GET', '/clients')).body, { clients: [] });
});

test('a dialect without clients is refused, and a dry run makes nothing', async (context) => {
  const { call } = await startCaller(context);
  for (const dialect of ['zitadel', 'oracle', 'constructor']) {
    const refused = await call('POST', '/clients', { dialect });
    assert.deepEqual([refused.status, refused.body.field], [400, 'dialect'], dialect);
    assert.match(refused.body.detail, /accela, twosms/);
  }
  const dry = await call('POST', '/clients', { dialect: 'accela' }, { 'muster-dry-run': 'true' });
  assert.deepEqual([dry.status, dry.body], [201, { dialect: 'accela', name: 'accela', createdAt: at }]);
  assert.deepEqual((await call('GET', '/clients')).body, { clients: [] });
});

test('the same key shows the same client and secret again', async (context) => {
  const { call } = await startCaller(context);
  const make = () => call('POST', '/clients', { dialect: 'accela' }, { 'idempotency-key': 'k' });
  const first = await make();
  assert.deepEqual((await make()).body, first.body);
  assert.equal((await call('GET', '/clients')).body.clients.length, 1);
});

test('clients are not for everybody', async (context) => {
  const { call, create, signedInAs } = await startCaller(context);
  const own = await signedInAs((await create()).id);
  assert.equal((await call('GET', '/clients', undefined, own)).status, 403);
  assert.equal((await call('POST', '/clients', { dialect: 'accela' }, own)).status, 403);
});
