import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { type Body, type Client, startClient } from './test-client.ts';

type Query = Readonly<Record<string, unknown>>;

const list = (client: Client, body: object = {}, headers = {}) => client.send('POST', '/v2/users', body, headers);

/** The usernames that are found, in order; the total has to be their number. */
async function found(client: Client, queries: Query | readonly Query[], more: object = {}): Promise<string[]> {
  const body = { query: { asc: true }, queries: [queries].flat(), ...more };
  const reply = await list(client, body);
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  const users: Body[] = reply.body.result ?? [];
  assert.equal(reply.body.details.totalResult ?? '0', String(users.length));
  return users.map(({ username }) => username);
}

/** Three humans and a machine, beside the administrator. */
async function startWithPeople(t: Parameters<typeof startClient>[0]): Promise<{ client: Client; ids: string[] }> {
  const client = await startClient(t);
  const human = (username: string, givenName: string, familyName: string, more: object = {}) => ({
    patch: { username, 'profile.givenName': givenName, 'profile.familyName': familyName, ...more },
    email: { address: `${username}@mouse.example` },
  });
  const phone = { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number' as const };
  const ids = [
    await client.seed({ ...human('anna', 'Anna', 'Müller', { 'profile.nickName': 'Änni' }), phone }),
    await client.seed(human('Bert', 'Bert', 'Keller', { 'profile.displayName': 'Bert K.' }), 'locked'),
    await client.seed(human('carla', 'Carla', 'MÜLLER', { 'loginNames.zitadel': 'carla-signs-in' }), 'disabled'),
    await client.seed({ kind: 'machine', patch: { username: 'robot' } }),
  ];
  return { client, ids };
}

test('every query by text, by all its methods', async (t) => {
  const { client } = await startWithPeople(t);
  const methods = ['EQUALS', 'STARTS_WITH', 'CONTAINS', 'ENDS_WITH'];
  /** What each method finds with this text, to the letter and in any case. */
  const finds = async (query: string, member: string, text: string) => {
    const answers: string[][] = [];
    for (const method of methods.flatMap((name) => [name, `${name}_IGNORE_CASE`])) {
      answers.push(await found(client, { [query]: { [member]: text, method: `TEXT_QUERY_METHOD_${method}` } }));
    }
    return answers;
  };
  const [none, anna, bert, carla]: [string[], string[], string[], string[]] = [[], ['anna'], ['Bert'], ['carla']];
  const both = ['anna', 'carla'];
  assert.deepEqual(await finds('userNameQuery', 'userName', 'bert'), [none, bert, none, bert, none, bert, none, bert]);
  assert.deepEqual(await finds('userNameQuery', 'userName', 'nn'), [none, none, none, none, anna, anna, none, none]);
  assert.deepEqual(await finds('firstNameQuery', 'firstName', 'Anna'), [
    anna,
    anna,
    anna,
    anna,
    anna,
    anna,
    anna,
    anna,
  ]);
  const mueller = [anna, both, anna, both, anna, both, anna, both];
  assert.deepEqual(await finds('lastNameQuery', 'lastName', 'Müller'), mueller);
  assert.deepEqual(await finds('lastNameQuery', 'lastName', 'Mu\u0308ller'), mueller);
  assert.deepEqual(await finds('lastNameQuery', 'lastName', 'ER'), [
    none,
    none,
    none,
    none,
    carla,
    ['anna', 'Bert', 'carla'],
    carla,
    ['anna', 'Bert', 'carla'],
  ]);
  assert.deepEqual(await finds('nickNameQuery', 'nickName', 'änn'), [none, none, none, anna, none, anna, none, none]);
  assert.deepEqual(await finds('displayNameQuery', 'displayName', 'K.'), [
    none,
    none,
    none,
    none,
    bert,
    bert,
    bert,
    bert,
  ]);
  assert.deepEqual(await finds('emailQuery', 'emailAddress', 'bert@'), [
    none,
    none,
    none,
    bert,
    none,
    bert,
    none,
    none,
  ]);
  assert.deepEqual(await finds('phoneQuery', 'number', '+41791234567'), [
    anna,
    anna,
    anna,
    anna,
    anna,
    anna,
    anna,
    anna,
  ]);
  assert.deepEqual(await finds('loginNameQuery', 'loginName', 'signs'), [
    none,
    none,
    none,
    none,
    carla,
    carla,
    none,
    none,
  ]);
  assert.deepEqual(await found(client, { userNameQuery: { userName: 'carla' } }), carla);
  assert.deepEqual(await found(client, { user_name_query: { user_name: 'carla' } }), carla);
});

test('queries by state, type, ids, addresses and organization, and what joins them', async (t) => {
  const { client, ids } = await startWithPeople(t);
  const [admin, ...people] = await found(client, []);
  assert.deepEqual(people, ['anna', 'Bert', 'carla', 'robot']);
  const state = (name: string) => ({ stateQuery: { state: `USER_STATE_${name}` } });
  assert.deepEqual(await found(client, state('LOCKED')), ['Bert']);
  assert.deepEqual(await found(client, state('INACTIVE')), ['carla']);
  assert.deepEqual(await found(client, state('ACTIVE')), [admin, 'anna', 'robot']);
  for (const nobody of ['INITIAL', 'DELETED', 'UNSPECIFIED']) assert.deepEqual(await found(client, state(nobody)), []);
  assert.deepEqual(await found(client, { typeQuery: { type: 'TYPE_MACHINE' } }), ['robot']);
  assert.deepEqual(await found(client, { typeQuery: {} }), []);
  assert.deepEqual(await found(client, { inUserIdsQuery: { userIds: [ids[0], ids[3], 'nobody'] } }), ['anna', 'robot']);
  assert.deepEqual(await found(client, { inUserIdsQuery: {} }), []);
  const many = [...Array.from({ length: 300 }, (_, index) => `x${index}`), ids[1]];
  assert.deepEqual(await found(client, { inUserIdsQuery: { userIds: many } }), ['Bert']);
  const userEmails = ['anna@mouse.example', 'CARLA@mouse.example'];
  assert.deepEqual(await found(client, { inUserEmailsQuery: { userEmails } }), ['anna']);
  assert.deepEqual((await found(client, { organizationIdQuery: { organizationId: '1' } })).length, 5);
  assert.deepEqual(await found(client, { organizationIdQuery: { organizationId: '2' } }), []);
  const named = (userName: string) => ({ userNameQuery: { userName } });
  assert.deepEqual(await found(client, { orQuery: { queries: [named('anna'), named('Bert')] } }), ['anna', 'Bert']);
  assert.deepEqual(await found(client, { orQuery: {} }), []);
  const pieces = Array.from({ length: 1900 }, (_, index) => `${index}-`).concat('nna');
  const contains = pieces.map((userName) => ({ userNameQuery: { userName, method: 'TEXT_QUERY_METHOD_CONTAINS' } }));
  assert.deepEqual(await found(client, { orQuery: { queries: contains } }), ['anna']);
  const tooMany = await list(client, { queries: [{ orQuery: { queries: [...contains, ...contains] } }] });
  assert.deepEqual([tooMany.status, tooMany.body.code], [400, 3]);
  assert.deepEqual(await found(client, { andQuery: { queries: [named('anna'), state('LOCKED')] } }), []);
  assert.deepEqual(await found(client, [named('Bert'), state('LOCKED')]), ['Bert']);
  const machines = { typeQuery: { type: 'TYPE_MACHINE' } };
  assert.deepEqual(await found(client, [{ notQuery: { query: machines } }, { notQuery: { query: named('anna') } }]), [
    admin,
    'Bert',
    'carla',
  ]);
});

test('in the order of each column, up or down; by the id otherwise', async (t) => {
  const { client, ids } = await startWithPeople(t);
  const humans = { inUserIdsQuery: { userIds: ids.slice(0, 3) } };
  const everybody = { inUserIdsQuery: { userIds: ids } };
  const orders: [string, string[]][] = [
    ['USER_NAME', ['anna', 'Bert', 'carla']],
    ['FIRST_NAME', ['anna', 'Bert', 'carla']],
    ['LAST_NAME', ['Bert', 'anna', 'carla']],
    ['NICK_NAME', ['Bert', 'carla', 'anna']],
    ['DISPLAY_NAME', ['anna', 'carla', 'Bert']],
    ['EMAIL', ['anna', 'Bert', 'carla']],
    ['STATE', ['anna', 'carla', 'Bert']],
    ['CREATION_DATE', ['anna', 'Bert', 'carla']],
    ['UNSPECIFIED', ['anna', 'Bert', 'carla']],
  ];
  for (const [column, usernames] of orders) {
    const sortingColumn = `USER_FIELD_NAME_${column}`;
    assert.deepEqual(await found(client, humans, { sortingColumn }), usernames, column);
    assert.deepEqual(await found(client, humans, { sortingColumn, query: {} }), usernames.toReversed(), column);
    // Not by point reads.
    const looked = [
      humans,
      { notQuery: { query: { userNameQuery: { userName: 'x', method: 'TEXT_QUERY_METHOD_CONTAINS' } } } },
    ];
    const { body } = await list(client, { queries: looked, sortingColumn, query: { asc: true } });
    assert.equal(body.sortingColumn, column === 'UNSPECIFIED' ? undefined : sortingColumn);
    assert.deepEqual(
      body.result.map((user: Body) => user.username),
      usernames,
      column,
    );
  }
  const byType = { sortingColumn: 'USER_FIELD_NAME_TYPE' };
  assert.deepEqual(await found(client, everybody, byType), ['anna', 'Bert', 'carla', 'robot']);
  assert.equal((await found(client, everybody, { ...byType, query: {} }))[0], 'robot');
});

test('page by page, with the total of all and users as GetUserByID shows them', async (t) => {
  const { client, ids } = await startWithPeople(t);
  const { status, body, headers } = await list(client, { query: { offset: '1', limit: 2, asc: true } });
  assert.deepEqual([status, headers.get('etag'), Object.keys(body)], [200, null, ['details', 'result']]);
  const { totalResult, timestamp } = body.details;
  assert.equal(totalResult, '5');
  assert.match(timestamp, /^2026-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(body.result, [await client.read(ids[0] ?? ''), await client.read(ids[1] ?? '')]);
  const beyond = await list(client, { query: { offset: '18446744073709551615' } });
  assert.deepEqual([beyond.body.details.totalResult, beyond.body.result], ['5', undefined]);
  for (let made = 5; made < 102; made++) await client.seed();
  const [all, most] = [await list(client), await list(client, { query: { limit: 1000 } })];
  assert.deepEqual([all.body.result.length, all.body.details.totalResult], [100, '102']);
  assert.equal(most.body.result.length, 102);
});

test('what is created or changed is found at once, what is deleted is not', async (t) => {
  const client = await startClient(t);
  const displayed = (text: string) => {
    return found(client, { displayNameQuery: { displayName: text, method: 'TEXT_QUERY_METHOD_CONTAINS_IGNORE_CASE' } });
  };
  assert.deepEqual(await displayed('minnie'), []);
  const profile = { givenName: 'Minnie', familyName: 'Mouse' };
  const { body } = await client.send('POST', '/v2/users/human', {
    username: 'm',
    profile,
    email: { email: 'm@mouse.com' },
  });
  assert.deepEqual(await displayed('MINNIE'), ['m']);
  await client.put(body.userId, { profile: { ...profile, displayName: 'Minerva' } });
  assert.deepEqual([await displayed('minnie'), await displayed('minerva')], [[], ['m']]);
  assert.deepEqual(await found(client, { inUserEmailsQuery: { userEmails: ['m@mouse.com'] } }), ['m']);
  await client.put(body.userId, { email: { email: 'new@mouse.com', isVerified: true } });
  assert.deepEqual(await found(client, { inUserEmailsQuery: { userEmails: ['m@mouse.com'] } }), []);
  assert.deepEqual(await found(client, { inUserEmailsQuery: { userEmails: ['new@mouse.com'] } }), ['m']);
  await client.send('DELETE', `/v2/users/${body.userId}`);
  assert.deepEqual([await displayed('minerva'), await found(client, { userNameQuery: { userName: 'm' } })], [[], []]);
});

test('nobody sees more than he may: oneself, or those of the realm that he administers', async (t) => {
  const { client, ids } = await startWithPeople(t);
  const system = client.server.directory.as(systemActor, { dialect: 'directory' });
  const realm = await client.server.store.allocate('realm', 1);
  const fields = { name: 'other', language: 'en', region: 'US', timeZone: 'UTC' };
  await system.run(createRealm, { key: realm, ids: { zitadel: '2' }, fields });
  const own = { realm, kind: 'human', lifecycle: 'active' } as const;
  await system.run(createUser, { ...own, patch: { username: 'elsewhere', 'profile.givenName': 'Anna' } });
  const byFirstName = { queries: [{ firstNameQuery: { firstName: 'Anna' } }], query: { asc: true } };
  const usernames = async (headers: object, body: object = byFirstName) => {
    const reply = await list(client, body, headers);
    const users: Body[] = reply.body.result ?? [];
    assert.equal(reply.body.details.totalResult ?? '0', String(users.length));
    return users.map(({ username }) => username);
  };
  assert.deepEqual(await usernames({}), ['anna', 'elsewhere']);
  assert.deepEqual(await usernames({ 'x-zitadel-orgid': '1' }), ['anna']);
  assert.deepEqual(await usernames({ 'x-zitadel-orgid': '2' }), ['elsewhere']);
  assert.deepEqual(await usernames({ 'x-zitadel-orgid': 'none' }), []);
  const ofOther = { organizationIdQuery: { organizationId: '2' } };
  assert.deepEqual(await usernames({}, { queries: [ofOther] }), ['elsewhere']);
  const notOfOther = { notQuery: { query: { orQuery: { queries: [ofOther] } } } };
  assert.deepEqual(
    await usernames({}, { queries: [{ andQuery: { queries: [notOfOther] } }, ...byFirstName.queries] }),
    ['anna'],
  );
  const self = await client.as(ids[0] ?? '');
  assert.deepEqual(await usernames(self, { queries: [{ firstNameQuery: { firstName: 'Bert' } }] }), []);
  assert.deepEqual(await usernames(self, {}), ['anna']);
  await client.change(ids[2] ?? '', { administers: { zitadel: true } });
  await client.send('POST', `/v2/users/${ids[2]}/reactivate`);
  const administrator = await client.as(ids[2] ?? '');
  assert.deepEqual(await usernames(administrator), ['anna']);
  assert.equal((await usernames(administrator, {})).includes('elsewhere'), false);
  assert.deepEqual(await usernames(administrator, { queries: [ofOther] }), []);
  assert.deepEqual(await usernames({ ...administrator, 'x-zitadel-orgid': '2' }), []);
  assert.deepEqual((await list(client, {}, { authorization: '' })).body.message, 'auth header missing');
});

test('each refusal has its id', async (t) => {
  const client = await startClient(t);
  const nested = (levels: number): object =>
    levels === 0 ? { userNameQuery: { userName: 'x' } } : { andQuery: { queries: [nested(levels - 1)] } };
  const denied = (levels: number): object =>
    levels === 0 ? { typeQuery: {} } : { notQuery: { query: denied(levels - 1) } };
  const cases: [object, number, string | undefined, string?][] = [
    [{ query: { limit: 1001 } }, 400, 'QUERY-4M0fs'],
    [{ queries: [{}] }, 400, 'GRPC-vR9nC'],
    [{ queries: [{ shoeSizeQuery: { size: 42 } }] }, 400, 'GRPC-vR9nC'],
    [{ queries: [{ orQuery: { queries: [{}] } }] }, 400, 'GRPC-vR9nC'],
    [{ queries: [{ notQuery: {} }] }, 400, 'GRPC-vR9nC'],
    [{ queries: [nested(20)] }, 200, undefined],
    [{ queries: [nested(21)] }, 400, 'USER-zsQ97'],
    [{ queries: [denied(20)] }, 200, undefined],
    [{ queries: [denied(21)] }, 400, 'USER-zsQ97'],
    [{ queries: [nested(200)] }, 400, undefined, 'The body must not nest deeper than 96 levels.'],
    [
      { queries: [{ userNameQuery: {} }] },
      400,
      undefined,
      'UserNameQuery.UserName: value length must be between 1 and 200 runes, inclusive',
    ],
    [
      { queries: [{ phoneQuery: { number: '1'.repeat(21) } }] },
      400,
      undefined,
      'PhoneQuery.Number: value length must be at most 20 runes',
    ],
    [
      { queries: [{ emailQuery: { method: 8 } }] },
      400,
      undefined,
      'EmailQuery.Method: value must be one of the defined enum values',
    ],
    [{ queries: [{ emailQuery: {}, typeQuery: {} }] }, 400, undefined, 'exclude each other'],
    [{ queries: {} }, 400, undefined, 'queries must be a list'],
  ];
  for (const [body, status, errorId, text = ''] of cases) {
    const reply = await list(client, body);
    assert.deepEqual([reply.status, reply.errorId], [status, errorId], JSON.stringify(body));
    if (text) assert.ok(reply.body.message.includes(text), reply.body.message);
  }
});
