import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { CreateUserResponseSchema } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { type Client, startClient } from './test-client.ts';

const human = { profile: { givenName: 'Minnie', familyName: 'Mouse' }, email: { email: 'mini@mouse.com' } };
const create = (client: Client, body: object, headers = {}) =>
  client.send('POST', '/v2/users/new', { organizationId: '1', ...body }, headers);

test('CreateUser makes an active human, named by its address', async (t) => {
  const client = await startClient(t);
  client.server.clock.advance(1_500);
  const { status, body, headers } = await create(client, { human });
  assert.deepEqual([status, Object.keys(body), headers.get('etag')], [200, ['id', 'creationDate'], '"1"']);
  assert.equal(body.creationDate, '2026-11-21T10:00:01.500Z');
  fromJson(CreateUserResponseSchema, body);
  const { state, username, human: shown } = await client.read(body.id);
  assert.deepEqual([state, username], ['USER_STATE_ACTIVE', 'mini@mouse.com']);
  assert.deepEqual(shown.profile, { ...human.profile, displayName: 'Minnie Mouse' });
  assert.equal(await client.messages(), 1);
});

test('CreateUser takes every member of a human', async (t) => {
  const client = await startClient(t);
  const profile = { ...human.profile, nickName: 'Mini', displayName: 'M. M.', gender: 'GENDER_FEMALE' };
  const { status, body } = await create(client, {
    userId: 'kept-id',
    username: ' minnie-mouse ',
    human: {
      profile: { ...profile, preferredLanguage: 'en' },
      email: { email: 'mini@mouse.com', returnCode: {} },
      phone: { phone: '079 123 45 67', returnCode: {} },
      password: { password: 'Secr3tP4ssw0rd!', changeRequired: true },
      totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    },
  });
  assert.deepEqual([status, body.id], [200, 'kept-id']);
  const { body: methods } = await client.send('GET', '/v2/users/kept-id/authentication_methods');
  assert.ok(methods.authMethodTypes.includes('AUTHENTICATION_METHOD_TYPE_TOTP'));
  assert.match(`${body.emailCode} ${body.phoneCode}`, /^[A-Z0-9]{6} [A-Z0-9]{6}$/);
  const { username, human: shown } = await client.read('kept-id');
  assert.deepEqual([username, shown.passwordChangeRequired], ['minnie-mouse', true]);
  assert.deepEqual(shown.profile, { ...profile, preferredLanguage: 'en' });
  assert.deepEqual([shown.email, shown.phone], [{ email: 'mini@mouse.com' }, { phone: '+41791234567' }]);
  const hash = '$2a$12$lJ08fqVr8bFJilRVnDT9QeULI7YW.nT3iwUv6dyg0aCrfm3UY8XR2';
  const hashed = await create(client, { username: 'hashed', human: { ...human, hashedPassword: { hash } } });
  assert.notEqual((await client.read(hashed.body.id)).human.passwordChanged, undefined);
});

test('CreateUser: isVerified true verifies, false asks for no code', async (t) => {
  const client = await startClient(t);
  for (const isVerified of [true, false]) {
    const email = { email: `${isVerified}@mouse.com`, isVerified };
    const { body } = await create(client, { human: { ...human, email } });
    assert.equal((await client.read(body.id)).human.email.isVerified ?? false, isVerified);
  }
  assert.equal(await client.messages(), 0);
});

test('CreateUser makes a machine, called by its id unless it is given a username', async (t) => {
  const client = await startClient(t);
  const plain = await create(client, { machine: { name: 'Robot' } });
  assert.deepEqual([plain.status, Object.keys(plain.body)], [200, ['id', 'creationDate']]);
  const { username, machine, human: none, state } = await client.read(plain.body.id);
  assert.deepEqual([username, state, none], [plain.body.id, 'USER_STATE_ACTIVE', undefined]);
  assert.deepEqual(machine, { name: 'Robot' });
  const kept = await create(client, { userId: 'robot-7', machine: { name: 'Robot 7' } });
  assert.deepEqual([kept.body.id, (await client.read('robot-7')).username], ['robot-7', 'robot-7']);
  const whole = {
    name: 'R',
    description: 'Sweeps\u{1F9F9}'.padEnd(500, '.'),
    accessTokenType: 'ACCESS_TOKEN_TYPE_JWT',
  };
  const named = await create(client, { username: ' robot ', machine: whole });
  const shown = await client.read(named.body.id);
  assert.deepEqual([shown.username, shown.machine], ['robot', whole]);
  const bearer = { name: 'B', accessTokenType: 'ACCESS_TOKEN_TYPE_BEARER' };
  const opaque = await create(client, { machine: bearer });
  assert.deepEqual((await client.read(opaque.body.id)).machine, { name: 'B' });
});

test('CreateUser: each refusal has its id', async (t) => {
  const client = await startClient(t);
  await create(client, { userId: 'used', human });
  const other = { ...human, email: { email: 'other@mouse.com' } };
  const machine = { name: 'Robot' };
  const metadata = [{ key: 'a', value: 'AQ==' }];
  const { profile } = human;
  const cases: [object, string | undefined, number, number][] = [
    [{ human }, 'V3-DKcYh', 6, 409],
    [{ userId: 'used', human: other }, 'COMMAND-7yiox1isql', 9, 400],
    [{ userId: 'used', machine }, 'COMMAND-7yiox1isql', 9, 400],
    [{ username: 'MINI@mouse.com', machine }, 'V3-DKcYh', 6, 409],
    [{ username: '  ', human: other }, 'V2-zzad3', 3, 400],
    [{ username: '  ', machine }, 'V2-zzad3', 3, 400],
    [{ human: { ...other, profile: { ...profile, givenName: ' ' } } }, 'USER-UCej2', 3, 400],
    [{ human: { ...other, profile: { ...profile, familyName: ' ' } } }, 'USER-4hB7d', 3, 400],
    [{ organizationId: '7', human: other }, 'COMMA-095xh8fll1', 9, 400],
    [{ organizationId: '7', machine }, 'COMMA-095xh8fll1', 9, 400],
    [{ human: { ...other, password: { password: 'Sh0rt!a' } } }, 'COMMA-HuJf6', 3, 400],
    [{ human: { ...other, password: { password: 'SECR3TP4SSW0RD!' } } }, 'COMMA-co3Xw', 3, 400],
    [{ human: { ...other, password: { password: 'secr3tp4ssw0rd!' } } }, 'COMMA-VoaRj', 3, 400],
    [{ human: { ...other, password: { password: 'SecretPassword!' } } }, 'COMMA-ZBv4H', 3, 400],
    [{ human: { ...other, password: { password: 'Secr3tP4ssw0rd' } } }, 'COMMA-ZDLwA', 3, 400],
    [{ human: { ...other, hashedPassword: { hash: 'plain' } } }, 'CRYPT-2xK7d', 3, 400],
    [{ human: { ...other, phone: { phone: '12' } } }, 'PHONE-so0wa', 3, 400],
    [{ human: { ...other, email: { email: 'M <a@b.c>' } } }, 'EMAIL-599GV', 3, 400],
    [{ human: { ...other, email: { email: 'a@b.c', sendCode: { urlTemplate: '{{' } } } }, 'DOMAIN-oGh5e', 3, 400],
    [{ human: { ...other, metadata }, metadata }, 'USERv2-j0z7uy', 3, 400],
    [{ human: { ...other, metadata: [{ key: ' ', value: 'AQ==' }] } }, 'USER-Drght', 3, 400],
    [{ human: other, metadata: [{ key: ' ', value: 'AQ==' }] }, 'USER-Drght', 3, 400],
    [{ machine, metadata: [{ key: ' ', value: 'AQ==' }] }, 'USER-Drght', 3, 400],
    [{ human: { ...other, idpLinks: [{ idpId: 'a', userId: 'b', userName: 'c' }] } }, undefined, 12, 501],
    [{ human: { ...other, totpSecret: 'a' } }, undefined, 3, 400],
  ];
  for (const [body, errorId, code, status] of cases) {
    const reply = await create(client, body);
    assert.deepEqual([reply.errorId, reply.body.code, reply.status], [errorId, code, status], JSON.stringify(body));
  }
  const self = await client.as('used');
  assert.equal((await create(client, { machine }, self)).errorId, 'AUTHZ-cdgFk');
  const { server } = client;
  assert.equal((await server.store.find({ op: 'all' }, { offset: 0, limit: 10 })).users.length, 2);
});

test('CreateUser: the rules of its messages', async (t) => {
  const client = await startClient(t);
  const inner = 'embedded message failed validation | caused by: invalid CreateUserRequest_Machine';
  const cases: [object, string][] = [
    [{}, 'invalid CreateUserRequest.UserType: value is required'],
    [
      { organizationId: '', machine: { name: 'a' } },
      'invalid CreateUserRequest.OrganizationId: value length must be between 1 and 200 runes, inclusive',
    ],
    [
      { machine: {} },
      `invalid CreateUserRequest.Machine: ${inner}.Name: value length must be between 1 and 200 runes, inclusive`,
    ],
    [
      { machine: { name: 'a', description: 'a'.repeat(501) } },
      `invalid CreateUserRequest.Machine: ${inner}.Description: value length must be between 1 and 500 runes, inclusive`,
    ],
    [
      { machine: { name: 'a', accessTokenType: 2 } },
      `invalid CreateUserRequest.Machine: ${inner}.AccessTokenType: value must be one of the defined enum values`,
    ],
    [{ machine: {}, human }, 'human, machine exclude each other: send one of them.'],
    [{ human: { ...human, metadata: [{ key: 'a' }] } }, ''],
  ];
  for (const [body, message] of cases) {
    const reply = await create(client, body);
    assert.deepEqual([reply.status, reply.body.code, reply.body.details], [400, 3, undefined]);
    if (message !== '') assert.equal(reply.body.message, message);
  }
});

test('CreateUser keeps metadata, said of the user or of the human', async (t) => {
  const client = await startClient(t);
  const metadata = [{ key: 'pet', value: 'UGx1dG8=' }];
  for (const body of [
    { username: 'a', human: { ...human, metadata } },
    { username: 'b', human, metadata },
    { machine: { name: 'Robot' }, metadata },
  ]) {
    const { id } = (await create(client, body)).body;
    const { body: found } = await client.send('POST', `/v2/users/${id}/metadata/search`, {});
    assert.deepEqual([found.metadata[0].key, found.metadata[0].value], ['pet', 'UGx1dG8=']);
  }
});

test('a name is free again once its user has gone, an id is not', async (t) => {
  const client = await startClient(t);
  const { body } = await create(client, { username: 'minnie', human });
  await client.send('DELETE', `/v2/users/${body.id}`);
  assert.equal((await create(client, { userId: body.id, human })).errorId, 'COMMAND-7yiox1isql');
  assert.equal((await create(client, { username: 'minnie', human })).status, 200);
});
