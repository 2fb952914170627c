import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './test-session.ts';

test('what is about one user has its version as ETag', async (t) => {
  const { rest } = await serve(t);
  const created = await rest('POST /user', { body: { login: 'minnie', role: 1, password: 'secret' } });
  assert.equal(created.headers.get('etag'), '"1"');
  assert.equal((await rest('PUT /user/2', { body: { data: { a: 1 } } })).headers.get('etag'), '"2"');
  assert.equal((await rest('PUT /user/2', { body: { data: { a: 1 } } })).headers.get('etag'), '"2"');
  assert.equal((await rest('GET /user/2')).headers.get('etag'), '"2"');
  assert.match((await rest('GET /user/current')).headers.get('etag') ?? '', /^"\d+"$/);
  assert.equal((await rest('GET /user')).headers.get('etag'), null);
});

test('If-Match lets a change through only at the version it names', async (t) => {
  const { rest, insert, read } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const put = (tag: string, n: number) =>
    rest(`PUT /user/${id}`, { body: { data: { n } }, headers: { 'if-match': tag } });
  assert.equal((await put('"1"', 1)).status, 204);
  const stale = await put('"1"', 2);
  assert.deepEqual([stale.status, Object.keys(stale.body), stale.body.error], [412, ['error', 'message'], 412]);
  assert.equal((await put('"x"', 3)).status, 412);
  assert.equal((await rest(`DELETE /user/${id}`, { headers: { 'if-match': '"1"' } })).status, 412);
  assert.equal((await put('*', 4)).status, 204);
  assert.deepEqual((await read(id)).data, { n: 4 });
  assert.equal((await rest(`DELETE /user/${id}`, { headers: { 'if-match': '"3"' } })).status, 204);
});

test('under one Idempotency-Key a request is done once, and another one refused', async (t) => {
  const { rest, insert, read, owner } = await serve(t);
  const headers = { 'idempotency-key': 'k1' };
  const create = (login: string) => rest('POST /user', { body: { login, role: 1, password: 'secret' }, headers });
  const [first, twin] = await Promise.all([create('minnie'), create('minnie')]);
  assert.deepEqual([first.status, twin.status, twin.text], [201, 201, first.text]);
  const other = await create('daisy');
  assert.deepEqual([other.status, other.body.error], [422, 422]);
  const id = await insert({ login: 'mickey' });
  const put = () => rest(`PUT /user/${id}`, { body: { data: { a: 1 } }, headers });
  assert.deepEqual([(await put()).status, (await put()).headers.get('etag')], [204, '"2"']);
  await owner.ask('user/update', { userId: id, user: { data: { b: 2 } } });
  assert.deepEqual([(await put()).headers.get('etag'), (await read(id)).data], ['"2"', { b: 2 }]);
  const remove = () => rest(`DELETE /user/${id}`, { headers: { 'idempotency-key': 'k2' } });
  assert.deepEqual([(await remove()).status, (await remove()).status], [204, 204]);
  assert.equal((await rest(`DELETE /user/${id}`)).status, 404);
});

test('a dry run answers as if, and changes nothing; tokens know none', async (t) => {
  const { rest, insert, read, server } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const before = await read(id);
  const headers = { 'muster-dry-run': 'true' };
  assert.equal((await rest(`PUT /user/${id}`, { body: { data: { a: 1 } }, headers })).status, 204);
  assert.equal((await rest(`DELETE /user/${id}`, { headers })).status, 204);
  const body = { login: 'mickey', role: 1, password: 'secret' };
  assert.equal((await rest('POST /user', { body, headers })).status, 201);
  assert.equal((await rest('POST /user', { body: { ...body, login: 'minnie' }, headers })).status, 403);
  assert.deepEqual(await read(id), before);
  assert.deepEqual((await rest('GET /user/count')).body, { count: 2 });
  const credentials = { login: 'admin', password: server.password };
  const signedIn = await rest('POST /token', { body: credentials, headers });
  assert.deepEqual([signedIn.status, signedIn.body.message], [400, 'Muster-Dry-Run is not for tokens']);
  assert.equal((await rest('POST /token/create', { body: { userId: 1 }, headers })).status, 400);
  assert.equal((await rest('POST /token/refresh', { body: { refreshToken: 'x' }, headers })).status, 400);
  const misspelled = await rest(`PUT /user/${id}`, { body: {}, headers: { 'muster-dry-run': 'yes' } });
  assert.deepEqual(misspelled.body, { error: 400, message: 'Muster-Dry-Run must be true or false.' });
  assert.equal((await rest('POST /user', { body, headers: { 'idempotency-key': 'é' } })).status, 400);
});
