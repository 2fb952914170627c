import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { UpdateUserResponseSchema } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { UserInput } from '#core/commands/user-input.ts';
import { type Client, startClient } from './test-client.ts';

const patch = (client: Client, id: string, body: object, headers = {}) =>
  client.send('PATCH', `/v2/users/${id}`, body, headers);

const seeded: UserInput = {
  patch: { 'profile.givenName': 'Minnie', 'profile.familyName': 'Mouse', 'profile.nickName': 'Mini' },
  email: { address: 'old@mouse.com', verified: true },
  phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number', verified: true },
};

test('UpdateUser changes what it names of a human, and answers when and the codes', async (t) => {
  const client = await startClient(t);
  const id = await client.seed(seeded);
  client.server.clock.advance(60_000);
  const { status, body, headers } = await patch(client, id, {
    username: 'minerva',
    human: {
      profile: { givenName: 'Minerva', displayName: 'M. M.', preferredLanguage: 'de-CH', gender: 'GENDER_DIVERSE' },
      email: { email: 'mini@mouse.com', returnCode: {} },
      phone: { phone: '079 765 43 21', returnCode: {} },
      password: { password: { password: 'Secr3tP4ssw0rd!', changeRequired: true } },
    },
  });
  assert.deepEqual([status, headers.get('etag')], [200, '"2"']);
  assert.deepEqual(Object.keys(body), ['changeDate', 'emailCode', 'phoneCode']);
  assert.equal(body.changeDate, '2026-11-21T10:01:00Z');
  fromJson(UpdateUserResponseSchema, body);
  const { username, human } = await client.read(id);
  assert.equal(username, 'minerva');
  assert.deepEqual(human.profile, {
    givenName: 'Minerva',
    familyName: 'Mouse',
    nickName: 'Mini',
    displayName: 'M. M.',
    preferredLanguage: 'de-CH',
    gender: 'GENDER_DIVERSE',
  });
  assert.deepEqual([human.email, human.phone], [{ email: 'mini@mouse.com' }, { phone: '+41797654321' }]);
  assert.equal(human.passwordChangeRequired, true);
});

test('UpdateUser follows the tables of addresses and numbers', async (t) => {
  const client = await startClient(t);
  const rows = [
    { human: { email: { email: 'new@mouse.com', isVerified: true } }, verified: true, sent: 0 },
    { human: { email: { email: 'new@mouse.com', isVerified: false } }, sent: 1 },
    { human: { email: { email: 'new@mouse.com' } }, sent: 1 },
    { human: { phone: { phone: '+41797654321', isVerified: true } }, verified: true, sent: 0 },
    { human: { phone: { phone: '+41797654321', sendCode: {} } }, sent: 1 },
    { human: { email: { email: 'old@mouse.com', returnCode: {} } }, verified: true, sent: 0, same: true },
    { human: { phone: { phone: '0791234567', returnCode: {} } }, verified: true, sent: 0, same: true },
  ];
  for (const { human, verified, sent, same } of rows) {
    const id = await client.seed(seeded);
    const messages = await client.messages();
    const { body } = await patch(client, id, { human });
    assert.deepEqual(Object.keys(body), ['changeDate']);
    assert.equal((await client.messages()) - messages, sent);
    const user = await client.read(id);
    assert.equal(user.details.sequence, same ? '1' : '2');
    assert.equal(user.human['email' in human ? 'email' : 'phone'].isVerified, verified);
  }
});

test('UpdateUser: an empty number removes the present one, and there is nothing to verify of it', async (t) => {
  const client = await startClient(t);
  const id = await client.seed(seeded);
  for (const verification of [{ isVerified: true }, { returnCode: {} }, { sendCode: {} }]) {
    const refused = await patch(client, id, { human: { phone: { phone: '', ...verification } } });
    assert.deepEqual([refused.status, refused.body.code, refused.errorId], [400, 3, 'USERv2-4f3d6']);
  }
  const self = await client.as(id);
  assert.equal((await patch(client, id, { human: { phone: {} } }, self)).status, 200);
  const { human, details } = await client.read(id);
  assert.deepEqual([human.phone, details.sequence], [{}, '2']);
  assert.equal((await patch(client, id, { human: { phone: { phone: '' } } })).status, 200);
  assert.equal((await client.read(id)).details.sequence, '2');
});

test('UpdateUser: the user itself may, but not to verify, nor to be handed a code, nor without proof', async (t) => {
  const client = await startClient(t);
  const [id, other] = [await client.seed(seeded), await client.seed()];
  const self = await client.as(id);
  const password = { password: { password: 'Secr3tP4ssw0rd!' } };
  for (const human of [
    { email: { email: 'new@mouse.com', isVerified: true } },
    { email: { email: 'new@mouse.com', returnCode: {} } },
    { phone: { phone: '+41797654321', isVerified: true } },
    { phone: { phone: '+41797654321', returnCode: {} } },
    { password },
  ]) {
    assert.equal((await patch(client, id, { human }, self)).errorId, 'AUTHZ-cdgFk', JSON.stringify(human));
  }
  assert.equal((await patch(client, other, { human: { profile: { givenName: 'x' } } }, self)).errorId, 'AUTHZ-cdgFk');
  assert.equal((await patch(client, id, { human: { profile: { givenName: 'Me' } } }, self)).status, 200);
});

test('UpdateUser: each refusal has its id, in the order of its checks', async (t) => {
  const client = await startClient(t);
  const [id, machine] = [await client.seed(seeded), await client.seed({ kind: 'machine' })];
  await client.seed({ patch: { username: 'taken' } });
  const profile = { givenName: 'Minnie' };
  const cases: [string, object, string | undefined, number, number][] = [
    ['404', { human: { profile } }, 'COMMAND-ugjs0upun6', 5, 404],
    ['404', { human: { email: { email: 'M <a@b.c>' } } }, 'EMAIL-599GV', 3, 400],
    ['404', { human: { phone: { phone: '', isVerified: true } } }, 'USERv2-4f3d6', 3, 400],
    [machine, { human: { profile } }, 'COMMAND-ugjs0upun6', 5, 404],
    [id, { machine: { name: 'Robot' } }, 'COMMAND-ugjs0upun6', 5, 404],
    [id, { username: 'Taken' }, 'V3-DKcYh', 6, 409],
    [machine, { username: 'taken', machine: {} }, 'V3-DKcYh', 6, 409],
    [id, { human: { phone: { phone: '12' } } }, 'PHONE-so0wa', 3, 400],
    [id, { human: { email: { email: 'a@b.c', sendCode: { urlTemplate: '{{.No}}' } } } }, 'DOMAIN-ieYa7', 3, 400],
    [id, { human: { password: {} } }, 'COMMAND-3klek4sbns', 3, 400],
    [id, { human: { password: { password: { password: 'Sh0rt!a' } } } }, 'DOMAIN-HuJf6', 3, 400],
  ];
  for (const [user, body, errorId, code, status] of cases) {
    const reply = await patch(client, user, body);
    assert.deepEqual([reply.errorId, reply.body.code, reply.status], [errorId, code, status], JSON.stringify(body));
  }
  const initial = await client.seed({}, 'initial');
  const password = { password: { password: 'Secr3tP4ssw0rd!' } };
  assert.equal((await patch(client, initial, { human: { password } })).errorId, 'COMMAND-M9dse');
  assert.equal((await patch(client, initial, { human: { profile } })).status, 200);
  assert.equal((await client.read(id)).details.sequence, '1');
});

test('UpdateUser sets metadata, an empty value takes its key away; it is for administrators', async (t) => {
  const client = await startClient(t);
  const metadata = [{ key: 'pet', value: 'UGx1dG8=' }];
  for (const [kind, body] of [
    ['human', { human: { profile: { nickName: 'Mini' } } }],
    ['human', { human: { phone: {} } }],
    ['machine', { machine: { name: 'Robot' } }],
    ['machine', {}],
  ] as const) {
    const id = await client.seed({ kind });
    const held = async () => (await client.send('POST', `/v2/users/${id}/metadata/search`, {})).body.metadata ?? [];
    const refused = await patch(client, id, { ...body, metadata }, await client.as(id));
    assert.deepEqual([refused.errorId, await held()], ['AUTHZ-cdgFk', []]);
    assert.equal((await patch(client, id, { ...body, metadata })).status, 200);
    assert.deepEqual((await held())[0].value, 'UGx1dG8=');
    assert.equal((await patch(client, id, { metadata: [{ key: 'pet', value: '' }] })).status, 200);
    assert.deepEqual(await held(), []);
  }
});

test('UpdateUser: the rules of its messages', async (t) => {
  const client = await startClient(t);
  const id = await client.seed(seeded);
  const outer = 'invalid UpdateUserRequest.Human: embedded message failed validation | caused by: invalid ';
  const way = `${outer}UpdateUserRequest_Human.Profile: embedded message failed validation | caused by: invalid `;
  const between = (most: number) => `value length must be between 1 and ${most} runes, inclusive`;
  const cases: [object, string][] = [
    [{ username: '' }, `invalid UpdateUserRequest.Username: ${between(200)}`],
    [{ human: { profile: { givenName: '' } } }, `${way}UpdateUserRequest_Human_Profile.GivenName: ${between(200)}`],
    [
      { human: { profile: { preferredLanguage: 'a'.repeat(11) } } },
      `${way}UpdateUserRequest_Human_Profile.PreferredLanguage: ${between(10)}`,
    ],
    [
      { human: { profile: { gender: 7 } } },
      `${way}UpdateUserRequest_Human_Profile.Gender: value must be one of the defined enum values`,
    ],
    [
      { machine: { description: 'a'.repeat(501) } },
      'invalid UpdateUserRequest.Machine: embedded message failed validation | caused by: ' +
        'invalid UpdateUserRequest_Machine.Description: value length must be at most 500 runes',
    ],
    [{ human: {}, machine: {} }, 'human, machine exclude each other: send one of them.'],
  ];
  for (const [body, message] of cases) {
    const reply = await patch(client, id, body);
    assert.deepEqual([reply.status, reply.body.code, reply.body.message], [400, 3, message]);
  }
});

test('UpdateUser changes a machine: empty clears, left out keeps, what is shown changes nothing', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ kind: 'machine', patch: { username: 'robot' } });
  const machine = { name: 'Robot', description: 'Sweeps', accessTokenType: 'ACCESS_TOKEN_TYPE_JWT' };
  const shown = async () => {
    const { username, machine: now, details } = await client.read(id);
    return [username, now, details.sequence];
  };
  assert.equal((await patch(client, id, { machine: { name: 'robot' } })).status, 200);
  assert.deepEqual(await shown(), ['robot', { name: 'robot' }, '1']);
  assert.deepEqual(Object.keys((await patch(client, id, { machine })).body), ['changeDate']);
  assert.deepEqual(await shown(), ['robot', machine, '2']);
  await patch(client, id, { username: 'robot-2', machine });
  assert.deepEqual(await shown(), ['robot-2', machine, '3']);
  await patch(client, id, { machine: {} });
  assert.deepEqual(await shown(), ['robot-2', machine, '3']);
  const cleared = { name: '', description: '', accessTokenType: 'ACCESS_TOKEN_TYPE_BEARER' };
  assert.equal((await patch(client, id, { machine: cleared }, await client.as(id))).status, 200);
  assert.deepEqual(await shown(), ['robot-2', { name: 'robot-2' }, '4']);
});

test('UpdateUser without either changes the username of any user, and nothing at all nothing', async (t) => {
  const client = await startClient(t);
  for (const kind of ['human', 'machine'] as const) {
    const id = await client.seed({ kind });
    assert.equal((await patch(client, id, { username: `${kind}-2` })).status, 200);
    const { username, details } = await client.read(id);
    client.server.clock.advance(1_000);
    assert.deepEqual((await patch(client, id, {})).body, { changeDate: details.changeDate });
    assert.deepEqual([username, details.sequence], [`${kind}-2`, '2']);
  }
});

test('what a read shows may be sent back to UpdateUser, whatever the rules for a new value', async (t) => {
  const client = await startClient(t);
  const long = await client.seed({
    patch: { 'profile.givenName': '', 'profile.displayName': 'M', 'profile.language': 'de-CH-1996-x-private' },
    phone: { entered: '12', sameBy: 'entered' },
  });
  for (const id of [await client.seed(seeded), long]) {
    const { username, human } = await client.read(id);
    const { profile, email, phone } = human;
    const reply = await patch(client, id, { username, human: { profile, email, phone } });
    assert.deepEqual([reply.status, reply.body.message], [200, undefined]);
    assert.equal((await client.read(id)).details.sequence, '1');
  }
  const other = await patch(client, long, { human: { phone: { phone: '13' } } });
  assert.equal(other.errorId, 'PHONE-so0wa');
});
