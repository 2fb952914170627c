import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { startCaller } from './test-caller.ts';

const at = '2026-11-21T10:00:00.000Z';

test('metadata is put, read, listed and deleted by its key', async (context) => {
  const { call, create } = await startCaller(context);
  const { id, ids } = await create();
  const one = `/users/${id}/metadata/${encodeURIComponent('a/b é.%')}`;
  const put = await call('PUT', one, { value: 'AAE=' });
  assert.deepEqual([put.status, put.body, put.headers.get('etag')], [204, undefined, '"2"']);
  const shown = { key: 'a/b é.%', value: 'AAE=', createdAt: at, changedAt: at };
  const read = await call('GET', one);
  assert.deepEqual([read.status, read.body], [200, shown]);
  await call('PUT', `/users/${id}/metadata/z`, { value: 'AA==' });
  const list = async (query = '') => (await call('GET', `/users/${ids['zitadel']}/metadata?as=zitadel${query}`)).body;
  const last = { key: 'z', value: 'AA==', createdAt: at, changedAt: at };
  assert.deepEqual(await list(), { metadata: [shown, last], hasMore: false });
  assert.deepEqual(await list('&limit=1'), { metadata: [shown], hasMore: true });
  assert.deepEqual(await list('&offset=1&limit=1'), { metadata: [last], hasMore: false });
  const gone = await call('DELETE', one);
  assert.deepEqual([gone.status, gone.headers.get('etag')], [204, '"4"']);
  for (const method of ['GET', 'DELETE']) {
    const { status, body } = await call(method, one);
    assert.deepEqual([status, body.reason, body.field], [404, 'metadata_not_found', 'metadata.key']);
  }
  const { changes } = (await call('GET', `/users/${id}/changes?after=3`)).body;
  assert.deepEqual(changes[0].changes, { 'metadata.a/b é.%': { before: 'AAE=', after: null } });
});

test('a patch writes several keys in one change, those that no path can hold too', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const path = `/users/${id}/metadata`;
  await call('PATCH', path, { '.': 'AA==', old: 'AQ==' });
  const { status, headers } = await call('PATCH', path, Buffer.from('{"__proto__":"AAA=","..":"AA==","old":null}'));
  assert.deepEqual([status, headers.get('etag')], [204, '"3"']);
  const { metadata } = (await call('GET', path)).body;
  assert.deepEqual(
    metadata.map(({ key, value }: { key: string; value: string }) => [key, value]),
    [
      ['.', 'AA=='],
      ['..', 'AA=='],
      ['__proto__', 'AAA='],
    ],
  );
  const same = await call('PATCH', path, {});
  assert.deepEqual([same.status, same.headers.get('etag')], [204, '"3"']);
});

test('what is no base64, too long, or said otherwise is refused by its member, and nothing is written', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const path = `/users/${id}/metadata`;
  const cases: [string, string, JsonObject, string][] = [
    ['PUT', '/a', { value: 'AA' }, 'metadata.value'],
    ['PUT', '/a', { value: '' }, 'metadata.value'],
    ['PUT', '/a', { value: 'AA_-' }, 'metadata.value'],
    ['PUT', '/a', { value: null }, 'value'],
    ['PUT', '/a', {}, ''],
    ['PUT', '/a', { value: 'AA==', more: 1 }, 'more'],
    ['PUT', '/a%00', { value: 'AA==' }, 'metadata.key'],
    ['PUT', `/${'a'.repeat(201)}`, { value: 'AA==' }, 'metadata.key'],
    ['PUT', '/a', { value: Buffer.alloc(500_001).toString('base64') }, 'metadata.value'],
    ['PATCH', '', { a: 'AA==', b: 1 }, 'b'],
    ['PATCH', '', { a: 'AA==', '': 'AA==' }, 'metadata.key'],
  ];
  for (const [method, rest, body, field] of cases) {
    const { status, body: problem } = await call(method, path + rest, body);
    assert.deepEqual(
      [status, problem.code, problem.field],
      [400, 'invalid_argument', field],
      JSON.stringify(body).slice(0, 60),
    );
  }
  assert.equal((await call('GET', `/users/${id}`)).body.version, 1);
  const largest = Buffer.alloc(500_000, 1).toString('base64');
  assert.equal((await call('PUT', `${path}/a`, { value: largest })).status, 204);
  assert.equal((await call('GET', `${path}/a`)).body.value, largest);
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key ${index}`, 'AA==']));
  const full = await call('PATCH', path, many);
  assert.deepEqual([full.status, full.body.reason], [409, 'metadata_full']);
});

test('to read metadata takes users.read, to write it users.write and to administer the user', async (context) => {
  const { call, create, signedInAs } = await startCaller(context);
  const { id } = await create();
  const path = `/users/${id}/metadata`;
  await call('PUT', `${path}/a`, { value: 'AA==' });
  const writes: [string, string, JsonObject | undefined][] = [
    ['PUT', '/a', { value: 'AQ==' }],
    ['DELETE', '/a', undefined],
    ['PATCH', '', { a: 'AQ==' }],
  ];
  const token = async (...permissions: string[]) => {
    const made = await call('POST', '/tokens', { permissions });
    return { authorization: `Bearer ${made.body.token}` };
  };
  const [reading, others, self] = [await token('users.read'), await token('tokens.write'), await signedInAs(id)];
  for (const [method, rest, body] of writes) {
    for (const headers of [reading, others, self]) {
      assert.equal((await call(method, path + rest, body, headers)).status, 403, method);
    }
    const nobody = await call(method, `/users/00000000-0000-0000-0000-000000000000/metadata${rest}`, body);
    assert.deepEqual([nobody.status, nobody.body.reason], [404, 'user_not_found']);
  }
  for (const rest of ['', '/a']) {
    const statuses = [reading, self, others].map(async (headers) => {
      return (await call('GET', path + rest, undefined, headers)).status;
    });
    assert.deepEqual(await Promise.all(statuses), [200, 200, 403]);
  }
  const stranger = await signedInAs((await create({ username: 'daisy' })).id);
  assert.equal((await call('GET', path, undefined, stranger)).status, 403);
  await call('DELETE', `/users/${id}`);
  assert.equal((await call('GET', path)).status, 404);
});

test('If-Match, Idempotency-Key and Muster-Dry-Run hold for metadata', async (context) => {
  const { call, create } = await startCaller(context);
  const { id } = await create();
  const path = `/users/${id}/metadata/a`;
  const put = (value: string, headers: Record<string, string>) => call('PUT', path, { value }, headers);
  assert.equal((await put('AA==', { 'if-match': '"7"' })).status, 412);
  assert.equal((await put('AA==', { 'muster-dry-run': 'true' })).status, 204);
  assert.equal((await call('GET', path)).status, 404);
  const key = { 'idempotency-key': 'once' };
  await put('AA==', { ...key, 'if-match': '"1"' });
  await call('DELETE', path);
  const again = await put('AA==', key);
  assert.deepEqual([again.status, again.headers.get('etag'), (await call('GET', path)).status], [204, '"2"', 404]);
  assert.equal((await put('AQ==', key)).status, 422);
});
