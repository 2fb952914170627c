import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { startCaller } from './test-caller.ts';

test('a caller needs a good token', async (context) => {
  const { server } = await startCaller(context);
  const headers: Record<string, string>[] = [
    {},
    { authorization: 'Bearer' },
    { authorization: `Basic ${btoa('admin:Adm1n!stration')}` },
    { authorization: 'Bearer wrong-token-of-some-length' },
  ];
  for (const sent of headers) {
    const answer = await fetch(`${server.origin}/directory/v1/users/x`, { headers: sent });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    assert.equal(((await answer.json()) as JsonObject)['code'], 'unauthenticated');
  }
});

test('a user may change itself, but not others, nor what only an administrator may', async (context) => {
  const { call, create, signedInAs } = await startCaller(context);
  const { id } = await create();
  const { id: other } = await create({ username: 'daisy' });
  const own = await signedInAs(id);
  assert.equal((await call('GET', `/users/${id}`, undefined, own)).status, 200);
  assert.equal((await call('PATCH', `/users/${id}`, { profile: { nickName: 'Min' } }, own)).status, 200);
  for (const body of [
    { state: 'locked' },
    { administers: ['directory'] },
    { email: { address: 'a@b.ch', verified: true } },
  ]) {
    assert.equal((await call('PATCH', `/users/${id}`, body, own)).status, 403, JSON.stringify(body));
  }
  for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
    const refused = await call(method, `/users/${other}`, body, own);
    assert.deepEqual([refused.status, refused.body.code], [403, 'permission_denied'], method);
  }
  assert.equal((await call('POST', '/users', { username: 'x' }, own)).status, 403);
});

test('a locked user is refused at the next call', async (context) => {
  const { call, create, signedInAs } = await startCaller(context);
  const { id } = await create();
  const own = await signedInAs(id);
  assert.equal((await call('GET', `/users/${id}`, undefined, own)).status, 200);
  await call('PATCH', `/users/${id}`, { state: 'locked' });
  const refused = await call('GET', `/users/${id}`, undefined, own);
  assert.deepEqual([refused.status, refused.body.reason], [401, 'user_locked']);
});

test('an error is a problem that names the field and says what would be right', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const { status, headers, body } = await call('PATCH', `/users/${id}`, { email: { address: 'nonsense' } });
  assert.equal(status, 400);
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
  const { detail, ...rest } = body;
  assert.deepEqual(rest, {
    title: 'Bad Request',
    status: 400,
    code: 'invalid_argument',
    reason: 'field_invalid',
    field: 'email.address',
  });
  assert.match(detail, /mini@mouse\.com/);
});

const readOnly: readonly [string, JsonObject][] = [
  ['id', { id: 'x' }],
  ['ids', { ids: { zitadel: '77' } }],
  ['realm', { realm: 'other' }],
  ['kind', { kind: 'machine' }],
  ['version', { version: 9 }],
  ['owner', { owner: true }],
  ['consent', { consent: { dpaVersion: '1' } }],
  ['createdAt', { createdAt: '2026-11-21T10:00:00.001Z' }],
  ['changedAt', { changedAt: null }],
  ['email.verifiedAt', { email: { address: 'a@b.ch', verifiedAt: '2026-11-21T10:00:00.000Z' } }],
  ['phone.verifiedAt', { phone: { entered: '1', verifiedAt: '2026-11-21T10:00:00.000Z' } }],
  ['lockedAt', { lockedAt: '2026-11-21T10:00:00.000Z' }],
  ['disabledAt', { disabledAt: '2026-11-21T10:00:00.000Z' }],
];

test('what cannot be written is refused by name, unless it is what is there', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  for (const [field, body] of readOnly) {
    const { status, body: problem } = await call('PATCH', `/users/${id}`, body);
    assert.deepEqual([status, problem.reason, problem.field], [400, 'field_read_only', field]);
  }
  assert.equal((await call('PATCH', `/users/${id}`, { id, version: 1, realm: 'main', kind: 'human' })).status, 200);
  assert.equal((await call('GET', `/users/${id}/changes`)).body.changes.length, 1);
});

test('a dialect that there is not is refused by its name', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  for (const [field, body] of [
    ['administers', { administers: ['zitadl'] }],
    ['loginNames', { loginNames: { accel: 'minnie' } }],
  ] as const) {
    const refused = await call('PATCH', `/users/${id}`, body);
    assert.deepEqual([refused.status, refused.body.field], [400, field]);
  }
});

test('a merge patch is JSON, by either name', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  for (const type of ['application/merge-patch+json', 'Application/JSON; charset=utf-8']) {
    const { status } = await call('PATCH', `/users/${id}`, Buffer.from('{}'), { 'content-type': type });
    assert.equal(status, 200, type);
  }
});

test('unknown addresses, methods and operations are told apart', async (context) => {
  const { call } = await startCaller(context);
  const nowhere = await call('GET', '/nowhere');
  assert.deepEqual([nowhere.status, nowhere.body.reason], [404, 'route_not_found']);
  const wrong = await call('PUT', '/users/x', {});
  assert.deepEqual([wrong.status, wrong.body.reason], [405, 'method_not_allowed']);
  assert.deepEqual(wrong.headers.get('allow')?.split(', ').sort(), ['DELETE', 'GET', 'PATCH']);
  const unbuilt = await call('GET', '/changes');
  assert.deepEqual([unbuilt.status, unbuilt.body.reason], [501, 'not_built']);
});
