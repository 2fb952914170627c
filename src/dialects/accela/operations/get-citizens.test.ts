import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { deleteUser } from '#core/commands/delete-user.ts';
import type { JsonObject } from '#core/json.ts';
import type { User } from '#core/user.ts';
import { type AccelaServer, citizens, startAccela } from '#dialects/accela/start-accela.ts';

let server: AccelaServer;
let minnie: User;
before(async () => {
  server = await startAccela();
  minnie = await server.create({
    phone: { number: '+19255518131', entered: '925-551-8131', sameBy: 'number' },
    securityQuestions: [{ question: 'First pet?', order: '1', answer: 'Rex' }],
  });
});
after(() => server.close());

const get = (ids: string, token = server.token) => server.call('GET', `${citizens}/${ids}`, { token });
const idOf = (user: User) => Number(user.ids['accela']);

test('one user is read whole, with its version', async () => {
  const { status, body, headers } = await get(`${idOf(minnie)}?lang=xx`);
  assert.equal(status, 200);
  assert.deepEqual(body, {
    status: 200,
    result: [
      {
        id: idOf(minnie),
        loginName: minnie.fields.username,
        mobilePhone: '9255518131',
        mobilePhoneCountryCode: '1',
        questions: [{ answer: '******', order: '1', question: 'First pet?' }],
        registerDate: '2026-11-21 10:00:00',
      },
    ],
  });
  assert.equal(headers.get('etag'), '"1"');
});

test('several users come in the order asked for, each once, and have no common version', async () => {
  const donald = await server.create();
  const [a, b] = [idOf(donald), idOf(minnie)];
  const { body, headers } = await get(`${a},%20${b},${a}`);
  assert.deepEqual(
    (body['result'] as readonly JsonObject[]).map((user) => user['id']),
    [a, b],
  );
  assert.equal(headers.get('etag'), null);
});

test('fields picks members, id always', async () => {
  const { body } = await get(`${idOf(minnie)}?fields=mobilePhone`);
  assert.deepEqual(body['result'], [{ id: idOf(minnie), mobilePhone: '9255518131' }]);
});

test('a citizen reads itself, and nobody else', async () => {
  const token = await server.tokenOf(minnie);
  assert.equal((await get(String(idOf(minnie)), token)).status, 200);
  const donald = await server.create();
  for (const ids of [`${idOf(donald)}`, `${idOf(minnie)},${idOf(donald)}`]) {
    const { status, body } = await get(ids, token);
    assert.deepEqual([status, body['code']], [403, 'forbidden'], ids);
  }
});

test('an id that nobody has is resource_not_found; so are deleted users and machines', async () => {
  const gone = await server.create();
  await server.directory.as(systemActor, { dialect: 'test' }).run(deleteUser, { user: gone.key });
  const machine = await server.create({ kind: 'machine' });
  for (const ids of ['999999', 'x', '1.5', `${idOf(minnie)},999999`, `${idOf(gone)}`, `${idOf(machine)}`]) {
    const { status, body } = await get(ids);
    assert.deepEqual([status, body['code']], [404, 'resource_not_found'], ids);
  }
});

test('an id is found as it stands, else with its escapes undone', async () => {
  const known = await server.create({ ids: { accela: 'A-1' } });
  const other = await server.create({ ids: { accela: 'A.11' } });
  const name = async (id: string) => ((await get(id)).body['result'] as readonly JsonObject[])[0]?.['loginName'];
  assert.equal(await name('A-1'), known.fields.username);
  assert.equal(await name('A.11'), other.fields.username);
  await server.create({ ids: { accela: 'B-1' }, patch: { username: 'by-escape' } });
  assert.equal(await name('B.11'), 'by-escape');
});
