import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import * as fc from 'fast-check';
import { metadataLimits } from '#core/metadata.ts';
import { decodeMetadataUpdate, decodeNewMetadata } from './decode/metadata.ts';
import { type Body, type Client, startClient } from './test-client.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const entry = (key: string, text: string) => ({ key, value: base64(text) });
const start = '2026-11-21T10:00:00Z';

interface Target extends Client {
  readonly id: string;
  set(metadata: object, headers?: Record<string, string>): Promise<Body>;
  list(body?: object): Promise<Body>;
  drop(query: string, headers?: Record<string, string>): Promise<Body>;
  /** How often the user has changed. */
  version(): Promise<string>;
}

async function open(context: TestContext): Promise<Target> {
  const client = await startClient(context);
  const id = await client.seed();
  const path = `/v2/users/${id}/metadata`;
  return {
    ...client,
    id,
    set: (metadata, headers) => client.send('POST', path, { metadata }, headers),
    list: async (body = {}) => (await client.send('POST', `${path}/search`, body)).body,
    drop: (query, headers) => client.send('DELETE', `${path}${query}`, undefined, headers),
    version: async () => (await client.read(id)).details.sequence,
  };
}

const keysOf = ({ metadata = [] }: Body): string[] => metadata.map(({ key }: Body) => key);

test('what SetUserMetadata has set, ListUserMetadata shows, with its dates', async (context) => {
  const { server, set, list, version } = await open(context);
  const { status, body, headers } = await set([entry('pet', 'Pluto'), entry('a.b/c', 'x')]);
  assert.deepEqual([status, body, headers.get('etag')], [200, { setDate: start }, '"2"']);
  server.clock.advance(1500);
  const second = await set([entry('pet', 'Figaro')]);
  const changeDate = '2026-11-21T10:00:01.500Z';
  assert.deepEqual(second.body, { setDate: changeDate });
  assert.deepEqual(await list({ pagination: { asc: true } }), {
    pagination: { totalResult: '2', appliedLimit: '100' },
    metadata: [
      { creationDate: start, changeDate: start, ...entry('a.b/c', 'x') },
      { creationDate: start, changeDate, ...entry('pet', 'Figaro') },
    ],
  });
  server.clock.advance(1000);
  assert.deepEqual((await set([entry('pet', 'Figaro')])).body, { setDate: changeDate });
  assert.equal(await version(), '3');
});

test('DeleteUserMetadata drops the keys in its query, all or none', async (context) => {
  const { server, set, list, drop, version } = await open(context);
  await set(['a', 'b', 'c&d=é', 'e'].map((key) => entry(key, 'x')));
  server.clock.advance(1000);
  const { status, body, headers } = await drop('?keys=a&keys=c%26d%3D%C3%A9&unknown=1');
  assert.deepEqual([status, body, headers.get('etag')], [200, { deletionDate: '2026-11-21T10:00:01Z' }, '"3"']);
  assert.deepEqual(keysOf(await list()), ['e', 'b']);
  const missing = await drop('?keys=b&keys=a');
  assert.deepEqual([missing.status, missing.body.code, missing.errorId], [404, 5, 'META-2nnds']);
  assert.deepEqual([keysOf(await list()), await version()], [['e', 'b'], '3']);
  const none = await drop('');
  assert.deepEqual([none.status, none.body.code, none.errorId], [400, 9, 'META-9mm2d']);
  const empty = await drop('?keys=b&keys=');
  const rule = 'invalid DeleteUserMetadataRequest.Keys[1]: value length must be between 1 and 200 runes, inclusive';
  assert.deepEqual([empty.status, empty.body], [400, { code: 3, message: rule }]);
  await drop('?keys=b');
  await drop('?keys=e');
  assert.deepEqual(await list(), { pagination: { appliedLimit: '100' } });
});

test('ListUserMetadata: pages, from the end unless asc is given', async (context) => {
  const { set, list, send, id } = await open(context);
  await set(['a', 'b', 'c', 'd', 'e'].map((key) => entry(key, 'x')));
  assert.deepEqual(keysOf(await list()), ['e', 'd', 'c', 'b', 'a']);
  const page = await list({ pagination: { offset: '1', limit: 2, asc: true } });
  assert.deepEqual([keysOf(page), page.pagination], [['b', 'c'], { totalResult: '5', appliedLimit: '2' }]);
  assert.deepEqual(await list({ pagination: { offset: 5 } }), {
    pagination: { totalResult: '5', appliedLimit: '100' },
  });
  assert.deepEqual(await list({ pagination: { offset: '18446744073709551615', limit: 1000 } }), {
    pagination: { totalResult: '5', appliedLimit: '1000' },
  });
  const tooMany = await send('POST', `/v2/users/${id}/metadata/search`, { pagination: { limit: 1001 } });
  assert.deepEqual([tooMany.status, tooMany.body.code, tooMany.errorId], [400, 3, 'QUERY-4M0fs']);
});

test('ListUserMetadata: each method of the key filter; several filters all hold', async (context) => {
  const { set, list, send, id } = await open(context);
  await set(['pet', 'PET', 'petal', 'carpet', 'Carpets', '%'].map((key) => entry(key, 'x')));
  const found = async (...filters: object[]) => keysOf(await list({ pagination: { asc: true }, filters }));
  const by = (key: string, method?: string) => ({
    keyFilter: { key, ...(method === undefined ? {} : { method: `TEXT_FILTER_METHOD_${method}` }) },
  });
  const expected = {
    EQUALS: ['pet'],
    EQUALS_IGNORE_CASE: ['PET', 'pet'],
    STARTS_WITH: ['pet', 'petal'],
    STARTS_WITH_IGNORE_CASE: ['PET', 'pet', 'petal'],
    CONTAINS: ['Carpets', 'carpet', 'pet', 'petal'],
    CONTAINS_IGNORE_CASE: ['Carpets', 'PET', 'carpet', 'pet', 'petal'],
    ENDS_WITH: ['carpet', 'pet'],
    ENDS_WITH_IGNORE_CASE: ['PET', 'carpet', 'pet'],
  };
  for (const [method, keys] of Object.entries(expected)) assert.deepEqual(await found(by('pet', method)), keys, method);
  assert.deepEqual(await found(by('pet')), ['pet']);
  assert.deepEqual(await found(by('%', 'CONTAINS')), ['%']);
  assert.deepEqual(await found(by('pet', 'ENDS_WITH'), by('car', 'STARTS_WITH')), ['carpet']);
  const search = (filters: object[]) => send('POST', `/v2/users/${id}/metadata/search`, { filters });
  const texts = [
    [{}, 'invalid MetadataSearchFilter.Filter: value is required'],
    [{ keyFilter: { key: 'a'.repeat(201) } }, 'value length must be at most 200 runes'],
    [{ keyFilter: { key: 'a', method: 8 } }, 'value must be one of the defined enum values'],
  ] as const;
  for (const [filter, text] of texts) {
    const { status, body } = await search([filter]);
    assert.deepEqual([status, body.code], [400, 3]);
    assert.ok(body.message.startsWith('invalid ListUserMetadataRequest.Filters[0]: embedded message'), body.message);
    assert.ok(body.message.endsWith(text), body.message);
  }
});

test('a key is any text, a value any bytes, and both come back as they were sent', async (context) => {
  const { set, list, drop } = await open(context);
  const key = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'a.b', ' ', '\u202e', '..', '🐭'.repeat(200)),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0')),
  );
  const value = fc.uint8Array({ minLength: 1, maxLength: 2000 }).map((bytes) => Buffer.from(bytes).toString('base64'));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: false }), async (sent) => {
      const metadata = Object.entries(sent).map(([key, value]) => ({ key, value }));
      const { status, body } = await set(metadata);
      assert.equal(status, 200, JSON.stringify(body));
      const shown = (await list()).metadata.map(({ key, value }: Body) => [key, value]);
      assert.deepEqual(new Map(shown), new Map(Object.entries(sent)));
      const query = metadata.map(({ key }) => `keys=${encodeURIComponent(key)}`).join('&');
      assert.equal((await drop(`?${query}`)).status, 200);
    }),
    { numRuns: 60 },
  );
});

test('what breaks a rule is refused, and nothing is written', async (context) => {
  const { set, version } = await open(context);
  const good = entry('good', 'x');
  const within =
    'invalid SetUserMetadataRequest.Metadata[1]: embedded message failed validation | caused by: invalid Metadata';
  const cases: [object, RegExp | string][] = [
    [entry('', 'x'), `${within}.Key: value length must be between 1 and 200 runes, inclusive`],
    [entry('a'.repeat(201), 'x'), `${within}.Key: value length must be between 1 and 200 runes, inclusive`],
    [{ key: 'a' }, `${within}.Value: value length must be between 1 and 500000 bytes, inclusive`],
    [
      { key: 'a', value: base64('x'.repeat(500_001)) },
      `${within}.Value: value length must be between 1 and 500000 bytes, inclusive`,
    ],
    [{ key: 'a', value: '?' }, /metadata\[1\]\.value must be base64/],
    [{ key: 'a', value: 1 }, /metadata\[1\]\.value must be base64/],
    [entry('a\0', 'x'), 'A key must not contain NUL or lone surrogates.'],
    [entry('\ud800', 'x'), /metadata\[1\]\.key must be a string/],
  ];
  for (const [wrong, expected] of cases) {
    const { status, body } = await set([good, wrong]);
    assert.deepEqual([status, body.code], [400, 3], body.message);
    if (typeof expected === 'string') assert.equal(body.message, expected);
    else assert.match(body.message, expected);
  }
  const none = await set([]);
  assert.deepEqual([none.status, none.body.code, none.errorId], [400, 9, 'META-9mm2d']);
  assert.equal(await version(), '1');
  assert.equal((await set([good, { key: 'large', value: base64('x'.repeat(500_000)) }])).status, 200);
});

test('who has as many keys as there may be is told so', async (context) => {
  const { set } = await open(context);
  const keys = Array.from({ length: metadataLimits.keys }, (_, index) => entry(String(index), 'x'));
  assert.equal((await set(keys)).status, 200);
  const { status, body } = await set([entry('one more', 'x')]);
  assert.deepEqual([status, body.code], [400, 9]);
  assert.match(body.message, /at most 1000 keys of metadata, with 4194304 bytes of values/);
});

test('metadata is for administrators alone; each operation has its own id for nobody', async (context) => {
  const { id, send, as, set, drop, seed } = await open(context);
  await set([entry('a', 'x')]);
  const self = await as(id);
  const calls: [string, string, object | undefined, string, number][] = [
    ['POST', 'metadata', { metadata: [entry('a', 'x')] }, 'COMMAND-uXHNj', 400],
    ['DELETE', 'metadata?keys=a', undefined, 'COMMAND-uXHNj', 400],
    ['POST', 'metadata/search', {}, 'QUERY-Dfbg2', 404],
  ];
  for (const [method, path, body, errorId, status] of calls) {
    const mine = await send(method, `/v2/users/${id}/${path}`, body, self);
    assert.deepEqual([mine.status, mine.errorId], [404, 'AUTHZ-cdgFk'], path);
    const foreign = await send(method, `/v2/users/${await seed()}/${path}`, body, self);
    assert.deepEqual([foreign.status, foreign.errorId], [404, 'AUTHZ-cdgFk'], path);
    const nobody = await send(method, `/v2/users/404/${path}`, body);
    assert.deepEqual([nobody.status, nobody.errorId], [status, errorId], path);
    const missing = await send(method, `/v2/users/${id}/${path}`, '{', { authorization: '' });
    assert.deepEqual([missing.status, missing.body.code], [401, 16]);
  }
  await send('DELETE', `/v2/users/${id}`);
  assert.equal((await drop('?keys=a')).errorId, 'COMMAND-uXHNj');
});

test('If-Match, Idempotency-Key and Muster-Dry-Run hold for metadata', async (context) => {
  const { set, drop, list, version } = await open(context);
  const stale = await set([entry('a', 'x')], { 'if-match': '"7"' });
  assert.deepEqual([stale.status, stale.body.code], [412, 10]);
  const dry = await set([entry('a', 'x')], { 'muster-dry-run': 'true' });
  assert.deepEqual([dry.status, await version(), keysOf(await list())], [200, '1', []]);
  const key = { 'idempotency-key': 'once' };
  const once = await set([entry('a', 'x')], { ...key, 'if-match': '"1"' });
  await drop('?keys=a', { 'if-match': '"2"' });
  const again = await set([entry('a', 'x')], key);
  assert.deepEqual([again.body, keysOf(await list())], [once.body, []]);
  assert.equal((await set([entry('a', 'y')], key)).status, 422);
});

test('AddHumanUser sets metadata in the change that makes the user', async (context) => {
  const { send, server } = await open(context);
  const person = { profile: { givenName: 'Minnie', familyName: 'Mouse' }, email: { email: 'mini@mouse.com' } };
  const add = (metadata: object[]) => send('POST', '/v2/users/human', { ...person, metadata });
  const blank = await add([entry('a', 'x'), entry(' ', 'x')]);
  assert.deepEqual([blank.status, blank.body.code, blank.errorId], [400, 3, 'USER-Drght']);
  assert.match((await add([{ key: 'a' }])).body.message, /SetMetadataEntry\.Value: value length must be between 1 and/);
  const { status, body } = await add([entry(' a ', 'x')]);
  assert.deepEqual([status, body.details.sequence], [200, '1']);
  const listed = await send('POST', `/v2/users/${body.userId}/metadata/search`, {});
  assert.deepEqual(keysOf(listed.body), [' a ']);
  const key = (await server.directory.resolve('zitadel', body.userId)) ?? 0;
  const [change] = await server.store.changesOf('user', key);
  assert.deepEqual(change?.changes?.['metadata. a '], { before: null, after: base64('x') });
});

test('an update takes a key away by an empty value; a new user cannot have one', () => {
  const empty = { key: 'a', value: new Uint8Array(0) };
  assert.deepEqual(decodeMetadataUpdate([empty, { key: 'b', value: Buffer.from('x') }]), [
    { key: 'a', value: null },
    entry('b', 'x'),
  ]);
  const faults: Parameters<typeof decodeNewMetadata>[1] = [];
  decodeNewMetadata([empty], faults);
  assert.deepEqual(
    faults.map(({ path, error }) => [path, error.facts['id']]),
    [['metadata[0].value', 'USER-Dbgth']],
  );
});
