import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCaller } from './test-caller.ts';

const at = '2026-11-21T10:00:00.000Z';

test('a realm is made with an id in every dialect, read by each of them, and listed', async (context) => {
  const { call } = await startCaller(context);
  const main = (await call('GET', '/realms')).body.realms[0];
  const { status, body } = await call('POST', '/realms', { name: 'City of Zürich', region: 'CH', language: 'DE-ch' });
  assert.equal(status, 201);
  const { id, ids, ...rest } = body;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(ids, { directory: id, zitadel: '2', accela: 'CITY_OF_Z_RICH', twosms: id });
  const fields = { name: 'City of Zürich', language: 'de-CH', region: 'CH', timeZone: 'UTC', createdAt: at };
  assert.deepEqual(rest, fields);
  assert.deepEqual([main.name, main.ids.zitadel, main.ids.directory], ['main', '1', main.id]);
  assert.deepEqual((await call('GET', '/realms')).body, { realms: [main, body], hasMore: false });
  assert.deepEqual((await call('GET', '/realms?limit=1')).body, { realms: [main], hasMore: true });
  assert.deepEqual((await call('GET', `/realms?after=${main.id}`)).body, { realms: [body], hasMore: false });
  for (const path of [id, id.toUpperCase(), '2?as=zitadel', 'CITY_OF_Z_RICH?as=accela']) {
    assert.deepEqual((await call('GET', `/realms/${path}`)).body, body, path);
  }
  const missing = await call('GET', '/realms/none');
  assert.deepEqual([missing.status, missing.body.reason], [404, 'realm_not_found']);
});

test('ids that are given are kept, and none is given twice', async (context) => {
  const { call } = await startCaller(context);
  const { body } = await call('POST', '/realms', {
    name: 'City',
    ids: { zitadel: '314159265358979323', accela: 'ZRH' },
  });
  assert.deepEqual([body.ids.zitadel, body.ids.accela], ['314159265358979323', 'ZRH']);
  for (const [ids, field] of [
    [{ zitadel: '1' }, 'ids.zitadel'],
    [{ accela: 'ZRH' }, 'ids.accela'],
  ] as const) {
    const taken = await call('POST', '/realms', { name: 'Other', ids });
    assert.deepEqual([taken.status, taken.body.reason, taken.body.field], [409, 'id_taken', field]);
  }
  for (const [wrong, field] of [
    [{ name: '' }, 'name'],
    [{ name: 'x', region: 'ch' }, 'region'],
    [{ name: 'x', language: '??' }, 'language'],
    [{ name: 'x', timeZone: 'Mars' }, 'timeZone'],
    [{ name: 'x', ids: { devicehive: '1' } }, 'ids.devicehive'],
    [{ name: 'x', ids: { zitadel: ' ' } }, 'ids.zitadel'],
    [{ name: 'x', ids: { directory: 'x' } }, 'ids.directory'],
  ] as const) {
    const refused = await call('POST', '/realms', wrong);
    assert.deepEqual([refused.status, refused.body.field], [400, field], JSON.stringify(wrong));
  }
  assert.equal((await call('GET', '/realms')).body.realms.length, 2);
});

test('a repeated request under one key makes one realm, a dry run none', async (context) => {
  const { call } = await startCaller(context);
  const make = () => call('POST', '/realms', { name: 'City' }, { 'idempotency-key': 'k' });
  const first = await make();
  assert.deepEqual((await make()).body, first.body);
  assert.equal((await call('POST', '/realms', { name: 'Town' }, { 'muster-dry-run': 'true' })).status, 201);
  assert.equal((await call('GET', '/realms')).body.realms.length, 2);
});

test('only the owner of the directory makes realms and users in them, and sees others than its own', async (context) => {
  const { call, create, signedInAs } = await startCaller(context);
  const { body: city } = await call('POST', '/realms', { name: 'City' });
  const [main] = (await call('GET', '/realms')).body.realms;
  const boss = await signedInAs((await create({ administers: ['directory'] })).id);
  assert.equal((await call('POST', '/realms', { name: 'x' }, boss)).status, 403);
  assert.deepEqual((await call('GET', '/realms', undefined, boss)).body.realms, [main]);
  assert.equal((await call('GET', `/realms/${city.id}`, undefined, boss)).status, 404);
  assert.equal((await call('GET', `/realms/${main.id}`, undefined, boss)).status, 200);
  const path = `/users?realm=${city.id}`;
  assert.equal((await call('POST', path, { username: 'x' }, boss)).status, 404);
  const mayor = await call('POST', path, { username: 'mayor', administers: ['directory'] });
  assert.deepEqual([mayor.status, mayor.body.realm], [201, 'City']);
  const own = await signedInAs(mayor.body.id);
  assert.deepEqual((await call('GET', '/realms', undefined, own)).body.realms, [city]);
  const clerk = await call('POST', '/users', { username: 'clerk' }, own);
  assert.deepEqual([clerk.status, clerk.body.realm], [201, 'City']);
});
