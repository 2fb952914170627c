import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { type Body, type Client, startClient } from './test-client.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const entries = (metadata: Readonly<Record<string, string>>) =>
  Object.entries(metadata).map(([key, text]) => ({ key, value: base64(text) }));

const people: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  anna: { pet: 'Pluto', team: 'sales' },
  bert: { PET: 'Pluto', carpet: 'red', team: 'it' },
  carla: { 'Straßenname.a': 'pluto', pet: 'sales' },
  dora: {},
};

interface Target extends Client {
  readonly ids: Readonly<Record<string, string>>;
  /** The usernames that are found, in order, the administrator's left out; the total has to be their number. */
  find(queries: readonly object[], headers?: Record<string, string>): Promise<string[]>;
}

async function open(context: TestContext): Promise<Target> {
  const client = await startClient(context);
  const ids: Record<string, string> = {};
  for (const [username, metadata] of Object.entries(people)) {
    ids[username] = await client.seed({ patch: { username }, metadata: entries(metadata) });
  }
  const find: Target['find'] = async (queries, headers) => {
    const reply = await client.send('POST', '/v2/users', { query: { asc: true }, queries }, headers);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    const users: Body[] = reply.body.result ?? [];
    assert.equal(reply.body.details.totalResult ?? '0', String(users.length));
    return users.map(({ username }) => username).filter((username) => username !== 'admin');
  };
  return { ...client, ids, find };
}

const byKey = (key: string, method = 'EQUALS') => ({
  metadataKeyFilter: { key, method: `TEXT_FILTER_METHOD_${method}` },
});
const byValue = (text: string, method = 'EQUALS') => ({
  metadataValueFilter: { value: base64(text), method: `BYTE_FILTER_METHOD_${method}` },
});
const all = (...queries: object[]) => ({ andQuery: { queries } });
const any = (...queries: object[]) => ({ orQuery: { queries } });
const not = (query: object) => ({ notQuery: { query } });
const named = (userName: string) => ({ userNameQuery: { userName } });

test('every method by which a key is looked for', async (context) => {
  const { find } = await open(context);
  const expected = {
    EQUALS: ['anna', 'carla'],
    EQUALS_IGNORE_CASE: ['anna', 'bert', 'carla'],
    STARTS_WITH: ['anna', 'carla'],
    STARTS_WITH_IGNORE_CASE: ['anna', 'bert', 'carla'],
    CONTAINS: ['anna', 'bert', 'carla'],
    CONTAINS_IGNORE_CASE: ['anna', 'bert', 'carla'],
    ENDS_WITH: ['anna', 'bert', 'carla'],
    ENDS_WITH_IGNORE_CASE: ['anna', 'bert', 'carla'],
  };
  for (const [method, found] of Object.entries(expected)) assert.deepEqual(await find([byKey('pet', method)]), found);
  assert.deepEqual(await find([{ metadata_key_filter: { key: 'PET' } }]), ['bert']);
  assert.deepEqual(await find([byKey('PE', 'STARTS_WITH')]), ['bert']);
  assert.deepEqual(await find([byKey('RPE', 'CONTAINS')]), []);
  assert.deepEqual(await find([byKey('RPE', 'CONTAINS_IGNORE_CASE')]), ['bert']);
  assert.deepEqual(await find([byKey('ET', 'ENDS_WITH')]), ['bert']);
  assert.deepEqual(await find([byKey('STRASSENNAME.A', 'EQUALS_IGNORE_CASE')]), ['carla']);
  assert.deepEqual(await find([byKey('.', 'CONTAINS')]), ['carla']);
  assert.deepEqual([await find([byKey('%', 'CONTAINS')]), await find([byKey('', 'EQUALS')])], [[], []]);
  assert.deepEqual(await find([byKey('', 'CONTAINS')]), ['anna', 'bert', 'carla']);
});

test('every method by which a value is looked for, to the byte', async (context) => {
  const { find, ids, send } = await open(context);
  assert.deepEqual(await find([byValue('Pluto')]), ['anna', 'bert']);
  assert.deepEqual(await find([{ metadata_value_filter: { value: base64('pluto') } }]), ['carla']);
  assert.deepEqual([await find([byValue('Plut')]), await find([byValue('')])], [[], []]);
  assert.deepEqual(await find([byValue('Pluto', 'NOT_EQUALS')]), ['anna', 'bert', 'carla']);
  await send('DELETE', `/v2/users/${ids['anna']}/metadata?keys=team`);
  assert.deepEqual(await find([byValue('Pluto', 'NOT_EQUALS')]), ['bert', 'carla']);
  await send('POST', `/v2/users/${ids['dora']}/metadata`, { metadata: [{ key: 'pet', value: base64('Pluto') }] });
  assert.deepEqual(await find([byValue('Pluto')]), ['anna', 'bert', 'dora']);
  await send('DELETE', `/v2/users/${ids['dora']}`);
  assert.deepEqual(await find([byValue('Pluto')]), ['anna', 'bert']);
});

test('what is asked of a key and of a value together is asked of one entry', async (context) => {
  const { find, ids } = await open(context);
  assert.deepEqual(await find([byKey('pet'), byValue('Pluto')]), ['anna']);
  assert.deepEqual(await find([all(byKey('pet'), byValue('sales'))]), ['carla']);
  assert.deepEqual(await find([byKey('pet'), byValue('Pluto', 'NOT_EQUALS')]), ['carla']);
  assert.deepEqual(await find([all(byKey('team')), all(byValue('Pluto'))]), []);
  assert.deepEqual(await find([byKey('team'), any(byValue('it'), byValue('Pluto'))]), ['bert']);
  assert.deepEqual(await find([any(all(byKey('team'), byValue('it')), all(byKey('pet'), byValue('Pluto')))]), [
    'anna',
    'bert',
  ]);
  assert.deepEqual(await find([all(byKey('pet'), named('anna')), byValue('sales')]), []);
  assert.deepEqual(await find([all(byKey('pet'), named('carla')), byValue('sales')]), ['carla']);
  assert.deepEqual(await find([any(byKey('team'), named('dora'))]), ['anna', 'bert', 'dora']);
  assert.deepEqual(await find([not(byKey('pet'))]), ['bert', 'dora']);
  assert.deepEqual(await find([byKey('team'), not(byKey('pet'))]), ['bert']);
  assert.deepEqual(await find([not(all(byKey('pet'), byValue('Pluto')))]), ['bert', 'carla', 'dora']);
  assert.deepEqual(await find([not(any(byKey('pet'), byKey('PET')))]), ['dora']);
  const inUserIdsQuery = { userIds: [ids['anna'], ids['bert'], ids['dora']] };
  assert.deepEqual(await find([{ inUserIdsQuery }, byKey('team')]), ['anna', 'bert']);
  assert.deepEqual(await find([{ inUserIdsQuery }, not(byValue('it'))]), ['anna', 'dora']);
});

test('nobody finds by metadata whom he does not see', async (context) => {
  const { server, find, ids, change, as } = await open(context);
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  const realm = await server.store.allocate('realm', 1);
  const fields = { name: 'other', language: 'en', region: 'US', timeZone: 'UTC' };
  await system.run(createRealm, { key: realm, ids: { zitadel: '2' }, fields });
  const metadata = entries({ pet: 'Pluto' });
  const patch = { username: 'elsewhere' };
  await system.run(createUser, { realm, kind: 'human', lifecycle: 'active', patch, metadata });
  const plutos = [byKey('pet'), byValue('Pluto')];
  assert.deepEqual(await find(plutos), ['anna', 'elsewhere']);
  assert.deepEqual(await find(plutos, { 'x-zitadel-orgid': '1' }), ['anna']);
  // As ListUserMetadata, which is for administrators alone.
  const bert = await as(ids['bert'] ?? '');
  assert.deepEqual([await find(plutos, bert), await find([byKey('PET')], bert)], [[], []]);
  assert.deepEqual(await find([not(byKey('PET'))], bert), ['bert']);
  assert.deepEqual(await find([any(byValue('it'), named('bert'))], bert), ['bert']);
  await change(ids['bert'] ?? '', { administers: { zitadel: true } });
  assert.deepEqual(await find(plutos, bert), ['anna']);
  assert.deepEqual(await find([not(byKey('team'))], bert), ['carla', 'dora']);
  assert.deepEqual(await find([any(...plutos)], { ...bert, 'x-zitadel-orgid': '2' }), []);
});

test('over Connect, too', async (context) => {
  const { send } = await open(context);
  const body = { queries: [byKey('PET', 'STARTS_WITH'), byValue('Pluto')] };
  const reply = await send('POST', '/zitadel.user.v2.UserService/ListUsers', body);
  assert.deepEqual([reply.status, reply.body.result.map(({ username }: Body) => username)], [200, ['bert']]);
});

test('a broken rule of a metadata filter is told with the vendor’s text', async (context) => {
  const { send } = await startClient(context);
  const cases: [object, string][] = [
    [byKey('a'.repeat(201)), 'MetadataKeyFilter.Key: value length must be at most 200 runes'],
    [{ metadataKeyFilter: { method: 8 } }, 'MetadataKeyFilter.Method: value must be one of the defined enum values'],
    [byValue('a'.repeat(500_001)), 'MetadataValueFilter.Value: value length must be at most 500000 bytes'],
    [{ metadataValueFilter: { method: 2 } }, 'MetadataValueFilter.Method: value must be one of the defined enum'],
  ];
  for (const [query, text] of cases) {
    const { status, body } = await send('POST', '/v2/users', { queries: [any(query)] });
    assert.deepEqual([status, body.code], [400, 3], text);
    assert.ok(body.message.includes(text), body.message);
  }
  const many = Array.from({ length: 51 }, (_, index) => all(byKey(`key ${index}`), byValue('x')));
  const { status, body } = await send('POST', '/v2/users', { queries: [any(...many)] });
  const text = 'queries about metadata must be 100 at most, with those inside.';
  assert.deepEqual([status, body.message], [400, text]);
  const fewer = await send('POST', '/v2/users', { queries: [any(...many.slice(0, 50))] });
  assert.deepEqual([fewer.status, fewer.body.result], [200, undefined]);
  const longest = await send('POST', '/v2/users', { queries: [byValue('a'.repeat(500_000))] });
  assert.deepEqual([longest.status, longest.body.result], [200, undefined]);
});
