import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import type { JsonObject } from '#core/json.ts';
import { otherRealm, type Served, serve, told } from './test-session.ts';

const invalid = [400, 'Invalid request parameters'];

/** Users as any dialect leaves them. */
async function create({ server }: Served, ...users: (Partial<CreateUserInput> & { username: string })[]) {
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  const made = users.map(({ username, patch, ...rest }) =>
    system.run(createUser, { realm: 1, kind: 'human', ...rest, patch: { username, ...patch } }),
  );
  return Promise.all(made);
}

/** The logins that both transports list, which must be the same. */
async function logins({ owner, rest }: Served, params: Readonly<Record<string, string>>): Promise<string[]> {
  const { users } = await owner.ask('user/list', { take: 1000, ...params });
  const answer = await rest(`GET /user?${new URLSearchParams(params)}`);
  assert.deepEqual([answer.status, answer.body], [200, users]);
  const shown: JsonObject[] = answer.body;
  const { sortField: _, sortOrder, skip, take, ...filter } = params;
  if (skip === undefined && take === undefined) {
    const { count } = await owner.ask('user/count', filter);
    assert.equal(count, shown.length);
    assert.deepEqual((await rest(`GET /user/count?${new URLSearchParams(filter)}`)).body, { count });
  }
  return shown.map(({ login }) => String(login));
}

test('a listed user has everything but networks', async (t) => {
  const served = await serve(t);
  await served.insert({ login: 'minnie', data: { a: 1 } });
  const { networks, ...minnie } = await served.read(2);
  assert.deepEqual(networks, []);
  const { body } = await served.rest('GET /user?login=minnie');
  assert.equal(JSON.stringify(body), JSON.stringify([minnie]));
});

test('users are found by login, by pattern, role and status, and all of these together', async (t) => {
  const served = await serve(t);
  await create(
    served,
    { username: 'minnie' },
    { username: 'Minnie-2', administers: { devicehive: true } },
    { username: 'x_y', administers: { directory: true }, state: { locked: true } },
    { username: 'xzy', administers: { twosms: true }, state: { disabled: true } },
    { username: 'other', patch: { 'loginNames.devicehive': 'minnie.3' }, lifecycle: 'initial' },
    { username: 'both', state: { locked: true, disabled: true } },
    { username: 'machine', kind: 'machine' },
  );
  const found: [Readonly<Record<string, string>>, string[]][] = [
    [{}, ['admin', 'minnie', 'Minnie-2', 'x_y', 'xzy', 'minnie.3', 'both', 'machine']],
    [{ login: 'minnie' }, ['minnie']],
    [{ login: 'MINNIE' }, []],
    [{ login: 'min%' }, []],
    [{ login: 'other' }, []],
    [{ login: 'minnie.3' }, ['minnie.3']],
    [{ loginPattern: 'minnie' }, ['minnie']],
    [{ loginPattern: 'minnie%' }, ['minnie', 'minnie.3']],
    [{ loginPattern: '%innie__' }, ['Minnie-2', 'minnie.3']],
    [{ loginPattern: 'x_y' }, ['x_y', 'xzy']],
    [{ loginPattern: 'x\\_y' }, ['x_y']],
    [{ loginPattern: 'oth%' }, []],
    [{ loginPattern: 'x*' }, []],
    [{ login: 'minnie', loginPattern: 'x%' }, ['x_y', 'xzy']],
    [{ role: '0' }, ['admin', 'Minnie-2', 'x_y']],
    [{ role: '1' }, ['minnie', 'xzy', 'minnie.3', 'both', 'machine']],
    [{ status: '0' }, ['admin', 'minnie', 'Minnie-2', 'minnie.3', 'machine']],
    [{ status: '1' }, ['x_y']],
    [{ status: '2' }, ['xzy', 'both']],
    [{ role: '0', status: '0', loginPattern: '%i%' }, ['admin', 'Minnie-2']],
  ];
  for (const [params, expected] of found) {
    assert.deepEqual(await logins(served, params), expected, JSON.stringify(params));
  }
});

test('a query is read as queries are: the first of a name counts, an empty one is none, ? is text', async (t) => {
  const served = await serve(t);
  await create(served, { username: 'who?' }, { username: 'a+b c' });
  const found = async (query: string) =>
    (await served.rest(`GET /user?${query}`)).body.map(({ login }: JsonObject) => login);
  assert.deepEqual(await found('loginPattern=%25?'), ['who?']);
  assert.deepEqual(await found('login=a%2Bb+c&login=admin'), ['a+b c']);
  assert.deepEqual(await found('login=&role=&take=&sortField=&unknown=1&status'), ['admin', 'who?', 'a+b c']);
  assert.deepEqual(await found('role=1&login=%zz'), []);
});

test('users come in the order asked for, from where and as many as asked for', async (t) => {
  const served = await serve(t);
  await create(served, { username: 'b' }, { username: 'C' });
  await create(served, { username: 'a', ids: { devicehive: '100' } });
  await create(served, { username: 'd', ids: { devicehive: '9' } });
  const orders: [Readonly<Record<string, string>>, string[]][] = [
    [{}, ['admin', 'b', 'C', 'a', 'd']],
    [{ sortField: 'id' }, ['admin', 'b', 'C', 'd', 'a']],
    [{ sortField: 'ID', sortOrder: 'DESC' }, ['a', 'd', 'C', 'b', 'admin']],
    [{ sortField: 'login' }, ['C', 'a', 'admin', 'b', 'd']],
    [{ sortField: 'Login', sortOrder: 'desc' }, ['d', 'b', 'admin', 'a', 'C']],
    [{ sortOrder: 'DESC' }, ['admin', 'b', 'C', 'a', 'd']],
    [{ sortField: 'login', skip: '1', take: '2' }, ['a', 'admin']],
    [{ skip: '3' }, ['a', 'd']],
    [{ take: '0' }, []],
    [{ skip: '99' }, []],
  ];
  for (const [params, expected] of orders) {
    assert.deepEqual(await logins(served, params), expected, JSON.stringify(params));
  }
});

test('without a limit REST answers everybody, and WebSocket twenty', async (t) => {
  const served = await serve(t);
  await create(served, ...Array.from({ length: 1_050 }, (_, index) => ({ username: `user-${index}` })));
  const { users } = await served.owner.ask('user/list');
  assert.equal((users as unknown as JsonObject[]).length, 20);
  for (const query of ['', '?sortField=login', '?sortField=id&sortOrder=DESC', '?skip=1&take=1040']) {
    const { body, headers } = await served.rest(`GET /user${query}`);
    const expected = query.includes('take') ? 1_040 : 1_051;
    assert.equal(new Set(body.map(({ id }: JsonObject) => id)).size, expected, query);
    assert.equal(body.length, expected);
    assert.equal(headers.get('content-length'), null);
  }
  const { users: many } = await served.owner.ask('user/list', { take: 1_030 });
  assert.equal((many as unknown as JsonObject[]).length, 1_030);
});

test('what cannot be looked for is refused', async (t) => {
  const { owner, rest } = await serve(t);
  const malformed = [400, 'Malformed Json received.'];
  const refused: [JsonObject, unknown[], unknown[]][] = [
    [{ role: 2 }, invalid, invalid],
    [{ role: -1 }, invalid, invalid],
    [{ role: 'x' }, malformed, invalid],
    [{ status: 3 }, invalid, invalid],
    [{ status: 1.5 }, malformed, invalid],
    [{ take: -1 }, invalid, invalid],
    [{ skip: -1 }, invalid, invalid],
    [{ take: 'x' }, malformed, invalid],
    [{ sortField: 'data' }, invalid, invalid],
    [{ sortField: '__proto__' }, invalid, invalid],
    [{ sortOrder: 'UP' }, [400, 'Unparseable sort order : UP'], [400, 'Unparseable sort order : UP']],
    [{ loginPattern: '%'.repeat(401) }, invalid, invalid],
  ];
  for (const [params, overSocket, overRest] of refused) {
    const told1 = await told(owner.ask('user/list', params));
    assert.deepEqual(told1, overSocket, JSON.stringify(params));
    const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)]));
    const { status, body } = await rest(`GET /user?${query}`);
    assert.deepEqual([status, body], [400, { error: 400, message: overRest[1] }], JSON.stringify(params));
  }
  const tooMany = [400, 'take should not be more than 10000 over WebSocket'];
  assert.deepEqual(await told(owner.ask('user/list', { take: 10_001 })), tooMany);
  assert.equal((await rest('GET /user?take=10001')).status, 200);
});

test('who is no administrator lists and counts nobody else, and nobody lists another realm', async (t) => {
  const served = await serve(t);
  const { owner, insert, rest } = served;
  const id = await insert({ login: 'minnie' });
  const payload = { userId: id, actions: ['ManageUser'] };
  const token = String((await owner.ask('token/create', { payload })).accessToken);
  assert.deepEqual((await rest('GET /user', { token })).body.length, 1);
  assert.deepEqual((await rest('GET /user/count', { token })).body, { count: 1 });
  assert.deepEqual((await rest('GET /user?role=0', { token })).body, []);
  const stranger = await otherRealm(served);
  assert.deepEqual(
    (await rest('GET /user', { token: stranger.token })).body.map((user: JsonObject) => user.id),
    [stranger.id],
  );
  assert.deepEqual((await rest('GET /user/count', { token: stranger.token })).body, { count: 1 });
  assert.deepEqual((await rest('GET /user/count')).body, { count: 2 });
});
