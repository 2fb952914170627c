import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routes } from './routes.ts';
import { startClient } from './test-client.ts';

test('authorization comes before the body', async (t) => {
  const client = await startClient(t);
  const missing = await client.put('404', '{', { authorization: '' });
  assert.deepEqual([missing.status, missing.body], [401, { code: 16, message: 'auth header missing' }]);
  for (const authorization of ['Bearer no-such-token', 'Basic YWRtaW46YWRtaW4=', client.server.token]) {
    const { status, body, errorId } = await client.put('404', '{', { authorization });
    assert.deepEqual([status, body.message, errorId], [401, 'Token is invalid (AUTH-7fs1e)', 'AUTH-7fs1e']);
  }
});

test('a body that is no JSON object is refused, whatever its media type says', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const deep = `{"x":${'['.repeat(32)}${']'.repeat(32)}}`;
  for (const body of ['{"username":', '[]', '"x"', 'null', deep]) {
    const { status, body: answer } = await client.put(id, body);
    assert.deepEqual([status, answer.code], [400, 3], body);
  }
  for (const type of ['text/plain', 'application/json; charset=utf-8', '']) {
    assert.equal((await client.put(id, '{"username":"by-text"}', { 'content-type': type })).status, 200, type);
  }
  const notUtf8 = await fetch(`${client.server.origin}/v2/users/human/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${client.server.token}` },
    body: Buffer.from('{"username":"\xff"}', 'latin1'),
  });
  assert.equal(notUtf8.status, 400);
});

test('a body over 1 MiB is 413', async (t) => {
  const client = await startClient(t);
  const { status, body } = await client.put('1', `{"x":"${'a'.repeat(1_048_576)}"}`);
  assert.deepEqual([status, body.code], [413, 3]);
});

test('gRPC on a REST path is 415', async (t) => {
  const client = await startClient(t);
  for (const type of ['application/grpc', 'application/grpc-web+proto', 'Application/GRPC+proto']) {
    assert.equal((await client.put('1', '', { 'content-type': type })).status, 415);
  }
});

test('a store that cannot answer is 503, and nothing is acknowledged', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  assert.equal((await client.put(id, { username: 'before' })).status, 200);
  await client.server.store.close();
  const { status, body } = await client.put(id, { username: 'after' });
  assert.deepEqual([status, body.code, body.details], [503, 14, undefined]);
});

test('what is not built, and what does not exist, says so in the shape of the vendor', async (t) => {
  const client = await startClient(t);
  const unbuilt = routes.filter(({ operation }) => operation === 'unbuilt');
  for (const { method, path } of unbuilt) {
    const { status, body } = await client.send(method, path.replace(/\{\w+\}/g, '1'));
    assert.deepEqual([status, body.code], [501, 12], path);
  }
  const wrongVerb = await client.send('GET', '/v2/users/1/lock');
  assert.deepEqual([wrongVerb.status, wrongVerb.body], [405, { code: 12, message: 'Method Not Allowed' }]);
  const unknown = await client.send('GET', '/v2/nothing');
  assert.deepEqual([unknown.status, unknown.body], [404, { code: 5, message: 'Not Found' }]);
});

test('members of a request without a body come in its query', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  await client.send('POST', `/v2/users/${id}/totp`, {});
  const factors = async (query: string) => {
    const { status, body } = await client.send('POST', `/v2/users/${id}/authentication_factors/_search?${query}`);
    return status === 200 ? (body.result?.length ?? 0) : body.message;
  };
  assert.equal(await factors(''), 0);
  assert.equal(await factors('states=AUTH_FACTOR_STATE_NOT_READY'), 1);
  assert.equal(await factors('states=2&states=1'), 1);
  assert.equal(await factors('states=1&auth_factors=U2F'), 0);
  assert.equal(await factors('states=1&auth_factors=U2F&authFactors=OTP&unknown=1'), 1);
  assert.match(await factors('states=NO'), /^states\[0\] must be one of/);
  assert.equal((await client.send('GET', `/v2/users/404?userId=${id}`)).errorId, 'QUERY-Dfbg2');
});

test('the id in the path wins over one in the body; it may have 200 characters, not more', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  assert.equal((await client.put(id, { userId: '404', username: 'x' })).status, 200);
  assert.equal((await client.put('ä'.repeat(200), {})).errorId, 'COMMAND-ugjs0upun6');
  assert.match((await client.put('ä'.repeat(201), {})).body.message, /UserId: value length must be between 1 and 200/);
});

test('ETag and If-Match', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  assert.equal((await client.send('GET', `/v2/users/${id}`)).headers.get('etag'), '"1"');
  const changed = await client.put(id, { username: 'second' }, { 'if-match': '"1"' });
  assert.deepEqual([changed.status, changed.headers.get('etag')], [200, '"2"']);
  const stale = await client.put(id, { username: 'third' }, { 'if-match': '"1"' });
  assert.deepEqual([stale.status, stale.body.code], [412, 10]);
  const staleEcho = await client.put(id, { phone: { isVerified: true } }, { 'if-match': '"1"' });
  assert.equal(staleEcho.status, 412);
  assert.equal((await client.read(id)).username, 'second');
});

test('Idempotency-Key: run once, answered again with the same codes, refused for another body', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const key = { 'idempotency-key': 'once' };
  const body = { email: { email: 'mini@mouse.com', returnCode: {} } };
  const [one, two] = await Promise.all([client.put(id, body, key), client.put(id, body, key)]);
  assert.deepEqual(one.body, two.body);
  assert.match(one.body.emailCode, /^[A-Z0-9]{6}$/);
  assert.equal((await client.read(id)).details.sequence, '2');
  const other = await client.put(id, { username: 'x' }, key);
  assert.deepEqual([other.status, other.body.code], [422, 3]);
  const person = { profile: { givenName: 'A', familyName: 'B' }, email: { email: 'a@b.c' } };
  const created = await client.send('POST', '/v2/users/human', person, key);
  const again = await client.send('POST', '/v2/users/human', person, key);
  assert.deepEqual([again.status, again.body], [200, created.body]);
});

test('Idempotency-Key holds for what depends on the user: the present phone verified', async (t) => {
  const client = await startClient(t);
  const phone = { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number' } as const;
  const id = await client.seed({ phone });
  const key = { 'idempotency-key': 'verify' };
  const first = await client.put(id, { phone: { isVerified: true } }, key);
  const again = await client.put(id, { phone: { isVerified: true } }, key);
  assert.deepEqual([again.status, again.body], [200, first.body]);
});

test('Muster-Dry-Run decides everything, commits nothing, returns no code, verifies no password', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  await client.put(id, { password: { password: { password: 'Secr3tP4ssw0rd!' } } });
  const before = await client.read(id);
  const dry = { 'muster-dry-run': 'true' };
  const { status, body } = await client.put(id, { email: { email: 'mini@mouse.com', returnCode: {} } }, dry);
  assert.deepEqual([status, Object.keys(body)], [200, ['details']]);
  assert.equal((await client.put(id, { username: 'admin' }, dry)).errorId, 'V3-DKcYh');
  const proven = { password: { password: { password: 'An0ther!Secret' }, currentPassword: 'wrong' } };
  assert.equal((await client.put(id, proven, dry)).status, 200);
  assert.deepEqual(await client.read(id), before);
  assert.equal((await client.put(id, {}, { 'muster-dry-run': 'yes' })).status, 400);
});

test('a crowd of updates of one user: each is counted, none is lost', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, index) => client.put(id, { username: `minnie-mouse-${index}` })),
  );
  const sequences = replies.map(({ body }) => Number(body.details.sequence)).sort((a, b) => a - b);
  assert.deepEqual(
    sequences,
    Array.from({ length: 40 }, (_, index) => index + 2),
  );
});
