import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { operations } from './routes.ts';
import { type AccelaServer, citizens, startAccela } from './start-accela.ts';

let server: AccelaServer;
before(async () => {
  server = await startAccela();
});
after(() => server.close());

test('every answer has a trace id and exactly application/json', async () => {
  const user = await server.create();
  const answers = [
    await server.call('GET', citizens),
    await server.put(user, {}),
    await server.put(user, { receiveSMS: 'maybe' }),
    await server.call('GET', '/v4/records'),
    await server.call('GET', citizens, { token: null }),
    await server.put(user, {}, { headers: { 'content-type': 'nonsense' } }),
  ];
  const traces = answers.map(({ headers }) => headers.get('x-accela-traceid') ?? '');
  for (const [index, { headers, body, status }] of answers.entries()) {
    assert.match(traces[index] ?? '', /^261121100000000-[0-9a-f]{8}$/);
    assert.equal(headers.get('content-type'), 'application/json');
    if (status !== 200) assert.equal(body['traceId'], traces[index]);
    assert.equal(headers.has('x-accela-resp-code'), status !== 200);
  }
  assert.equal(new Set(traces).size, answers.length);
});

test('an error has five members, and repeats its code and message in headers', async () => {
  const { status, headers, body } = await server.put(await server.create(), { receiveSMS: 'maybe' });
  assert.equal(status, 400);
  assert.deepEqual(body, {
    status: 400,
    code: 'data_validation_error',
    message: 'receiveSMS must be Y or N.',
    more: 'receiveSMS',
    traceId: headers.get('x-accela-traceid'),
  });
  assert.equal(headers.get('x-accela-resp-code'), 'data_validation_error');
  assert.equal(headers.get('x-accela-resp-message'), 'receiveSMS must be Y or N.');
});

test('an unknown path is api_not_found, with a token and without', async () => {
  for (const path of ['/v4', '/v4/', '/v4/records', `${citizens}/1/nothing`, '/v4/citizenaccess']) {
    for (const token of [server.token, null]) {
      const { status, body } = await server.call('GET', path, { token });
      assert.deepEqual([status, body['code'], body['status']], [404, 'api_not_found', 404], path);
    }
  }
});

test('another method on a known path is refused with those that there are', async () => {
  const expected: readonly (readonly [string, string, string])[] = [
    ['DELETE', citizens, 'GET, POST'],
    ['PATCH', `${citizens}/1`, 'GET, PUT'],
    ['POST', `${citizens}/1`, 'GET, PUT'],
    ['GET', '/v4/citizenaccess/register', 'POST'],
    ['POST', '/oauth2/tokeninfo', 'GET'],
  ];
  for (const [method, path, allowed] of expected) {
    const { status, body, headers } = await server.call(method, path);
    assert.deepEqual([status, body['code'], headers.get('allow')], [405, 'api_not_found', allowed], path);
  }
});

test('what is known but not built says so', async () => {
  const unbuilt = operations.filter(({ run, issuesTokens }) => run === undefined && !issuesTokens);
  assert.equal(unbuilt.length, operations.length - 6);
  for (const { method, path } of unbuilt) {
    const { status, body } = await server.call(method, path.replace(/:\w+/g, '1'), { token: null });
    assert.deepEqual([status, body['code']], [501, 'not_implemented'], `${method} ${path}`);
  }
});

test('a body of more than 1 MiB is refused', async () => {
  const user = await server.create();
  const { status, body } = await server.put(user, { email: 'x'.repeat(1_048_577) });
  assert.deepEqual([status, body['code']], [413, 'bad_request']);
});

test('a body that is no JSON object is bad_request, but only to who may ask', async () => {
  const path = `${citizens}/${(await server.create()).ids['accela']}`;
  for (const body of ['{', '[]', '"x"', 'null', '[1', '']) {
    const { status, body: answer } = await server.call('PUT', path, { body });
    assert.deepEqual([status, answer['code']], [400, 'bad_request'], body);
  }
  const { body } = await server.call('PUT', path, { body: '{', token: 'wrong' });
  assert.equal(body['code'], 'invalid_token');
});

test('JSON under the type of a form is JSON; another type is refused', async () => {
  const user = await server.create();
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, result } = await server.put(user, { receiveSMS: 'N' }, { headers: form });
  assert.deepEqual([status, result['receiveSMS']], [200, 'N']);
  const path = `${citizens}/${user.ids['accela']}`;
  for (const [body, headers] of [
    ['receiveSMS=Y', form],
    ['<a/>', { 'content-type': 'application/xml' }],
  ] as const) {
    assert.equal((await server.call('PUT', path, { body, headers })).status, 415, body);
  }
});

test('a reused or unreadable option is refused in the vendor’s shape', async () => {
  const user = await server.create();
  const { status, body } = await server.put(user, {}, { headers: { 'muster-dry-run': 'maybe' } });
  assert.deepEqual([status, body['code'], body['more']], [400, 'data_validation_error', 'Muster-Dry-Run']);
});
