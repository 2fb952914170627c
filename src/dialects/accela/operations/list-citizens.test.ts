import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { deleteUser } from '#core/commands/delete-user.ts';
import type { JsonObject } from '#core/json.ts';
import type { User } from '#core/user.ts';
import { type AccelaServer, citizens, startAccela } from '#dialects/accela/start-accela.ts';

let server: AccelaServer;
let minnie: User;
before(async () => {
  server = await startAccela();
  minnie = await server.create({
    patch: { username: 'minnie.mouse', acceptsTextMessages: true, 'extensions.accela.role': 'CITIZEN' },
    email: { address: 'mini@mouse.com' },
    phone: { number: '+19255518131', entered: '925-551-8131', sameBy: 'number' },
    securityQuestions: [{ question: 'First pet?', answer: 'Rex' }],
  });
});
after(() => server.close());

const list = async (query: string, token = server.token) => {
  const { status, body } = await server.call('GET', `${citizens}?${query}`, { token });
  return { status, body, page: body['page'], users: body['result'] as readonly JsonObject[] };
};
const names = async (query: string) => (await list(query)).users.map((user) => user['loginName']);

test('an agency user sees all of its agency, without questions and country codes, and who is active', async () => {
  const { status, body, users } = await list('lang=en_US');
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), ['result', 'status', 'page']);
  assert.deepEqual(body['page'], { offset: 0, limit: 25, hasmore: false });
  assert.deepEqual(
    users.find((user) => user['loginName'] === 'minnie.mouse'),
    {
      email: 'mini@mouse.com',
      id: Number(minnie.ids['accela']),
      loginName: 'minnie.mouse',
      mobilePhone: '9255518131',
      receiveSMS: 'Y',
      registerDate: '2026-11-21 10:00:00',
      role: 'CITIZEN',
      active: 'Yes',
    },
  );
  assert.ok(users.some((user) => user['loginName'] === 'admin'));
});

test('a user who administers this dialect is an agency user; to a citizen the list is empty', async () => {
  const clerk = await server.create({ administers: { accela: true } });
  const seen = await list('', await server.tokenOf(clerk));
  assert.ok(seen.users.some((user) => user['loginName'] === 'minnie.mouse'));
  for (const user of [minnie, await server.create({ administers: { twosms: true } })]) {
    const { status, users, page } = await list('loginName=minnie.mouse', await server.tokenOf(user));
    assert.deepEqual([status, users, page], [200, [], { offset: 0, limit: 25, hasmore: false }]);
  }
});

test('users of other agencies, machines and deleted users are not in it', async () => {
  const system = server.directory.as(systemActor, { dialect: 'test' });
  const key = await server.store.allocate('realm', 1);
  const fields = { name: 'other', language: 'en', region: 'US', timeZone: 'UTC' };
  await system.run(createRealm, { key, ids: { accela: 'OTHER' }, fields });
  const stranger = await server.create({ realm: key, patch: { username: 'stranger' } });
  await server.create({ kind: 'machine', patch: { username: 'machine' } });
  const gone = await server.create({ patch: { username: 'gone' } });
  await system.run(deleteUser, { user: gone.key });
  const all = await names('limit=1000');
  for (const name of ['stranger', 'machine', 'gone']) assert.ok(!all.includes(name), name);
  assert.ok(all.includes('minnie.mouse'));
  const stranger1 = await server.tokenOf(stranger);
  assert.deepEqual((await list('', stranger1)).users, []);
});

test('inactive users are listed as such', async () => {
  const inputs = [{ lifecycle: 'initial' }, { state: { locked: true } }, { state: { disabled: true } }] as const;
  for (const input of inputs) {
    const { fields } = await server.create(input);
    const { users } = await list(`loginName=${fields.username}`);
    assert.equal(users[0]?.['active'], 'No', JSON.stringify(input));
  }
});

test('pages follow each other, and the last one says so', async () => {
  const all = await names('limit=1000');
  const pages = await Promise.all(all.map((_, offset) => list(`offset=${offset}&limit=1`)));
  assert.deepEqual(
    pages.flatMap(({ users }) => users.map((user) => user['loginName'])),
    all,
  );
  assert.deepEqual(pages[0]?.page, { offset: 0, limit: 1, hasmore: true });
  assert.deepEqual(pages.at(-1)?.page, { offset: all.length - 1, limit: 1, hasmore: false });
  assert.deepEqual((await list(`offset=${all.length}`)).users, []);
});

test('an offset or a limit out of range is data_validation_error', async () => {
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'offset=-1']) {
    const { status, body } = await list(query);
    assert.deepEqual([status, body['code'], body['more']], [400, 'data_validation_error', query.split('=')[0]]);
  }
});

test('loginName finds one name, in any case, as it stands and with its escapes undone', async () => {
  for (const name of ['minnie.mouse', 'MINNIE.mouse', 'minnie.0mouse']) {
    assert.deepEqual(await names(`loginName=${name}`), ['minnie.mouse'], name);
  }
  await server.create({ patch: { username: 'literal.0name' } });
  await server.create({ patch: { username: 'literal.name' } });
  assert.deepEqual(await names('loginName=literal.0name'), ['literal.0name']);
  assert.deepEqual(await names('loginName=minnie'), []);
  assert.deepEqual(await names('loginName=mini@mouse.com'), []);
});

test('loginName is the name for this API, not another one that the user has', async () => {
  await server.create({ patch: { username: 'donald', 'loginNames.accela': 'duck' } });
  assert.deepEqual(await names('loginName=duck'), ['duck']);
  assert.deepEqual(await names('loginName=donald'), []);
});

test('fields picks members, id always; lang is never an error', async () => {
  const { users } = await list('loginName=minnie.mouse&fields=role,Email,nothing&lang=xx');
  assert.deepEqual(users, [{ id: Number(minnie.ids['accela']), role: 'CITIZEN' }]);
});
