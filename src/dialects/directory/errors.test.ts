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

const misshapen: readonly [string, JsonObject][] = [
  ['nickname', { nickname: 'x' }],
  ['profile.nickname', { profile: { nickname: 'x' } }],
  ['profile.givenName', { profile: { givenName: 1 } }],
  ['email', { email: 'mini@mouse.com' }],
  ['email.address', { email: { address: null } }],
  ['acceptsTextMessages', { acceptsTextMessages: 'true' }],
  ['data', { data: [] }],
  ['state', { state: 'asleep' }],
  ['administers.0', { administers: [1] }],
  ['securityQuestions.0.question', { securityQuestions: [{ question: 1 }] }],
  ['username', { username: 5 }],
  ['pin', { pin: 1234 }],
];

test('a member of the wrong shape, or that there is not, is refused by its path', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  for (const [field, body] of misshapen) {
    for (const [method, path] of [
      ['PATCH', `/users/${id}`],
      ['POST', '/users'],
    ] as const) {
      const { status, body: problem } = await call(method, path, { username: 'x', ...body });
      assert.deepEqual(
        [status, problem.code, problem.field],
        [400, 'invalid_argument', field],
        JSON.stringify(problem),
      );
    }
  }
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

test('a body must be a JSON object in UTF-8, of bounded size and depth', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const patch = async (body: Buffer, headers = {}) => {
    const answer = await call('PATCH', `/users/${id}`, body, headers);
    return [answer.status, answer.body.reason];
  };
  for (const text of ['', 'x', '[]', 'null', '"x"', '{"data":{}', `{"data":${'{"a":'.repeat(32)}1${'}'.repeat(33)}`]) {
    assert.deepEqual(await patch(Buffer.from(text)), [400, 'body_malformed'], text.slice(0, 20));
  }
  assert.deepEqual(await patch(Buffer.from('{"username":"\xff"}', 'latin1')), [400, 'body_malformed']);
  assert.deepEqual(await patch(Buffer.alloc(1_048_577, ' ')), [413, 'body_too_large']);
  for (const type of ['text/xml', 'application/x-www-form-urlencoded', 'nonsense']) {
    assert.deepEqual(await patch(Buffer.from('{}'), { 'content-type': type }), [415, 'media_type_unsupported'], type);
  }
  for (const type of ['application/merge-patch+json', 'Application/JSON; charset=utf-8']) {
    assert.deepEqual(await patch(Buffer.from('{}'), { 'content-type': type }), [200, undefined], type);
  }
});

test('__proto__ is a key like any other', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const body = Buffer.from('{"data":{"__proto__":{"polluted":true}}}');
  assert.equal((await call('PATCH', `/users/${id}`, body)).status, 200);
  const { data } = (await call('GET', `/users/${id}`)).body;
  assert.deepEqual(Object.keys(data), ['__proto__']);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.equal((await call('PATCH', `/users/${id}`, Buffer.from('{"__proto__":{}}'))).body.field, '__proto__');
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
