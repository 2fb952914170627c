import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { issueTokens } from '#core/commands/issue-tokens.ts';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import type { ErrorId } from './error-ids.ts';
import {
  assertTold,
  between,
  broken,
  type Case,
  type Expected,
  fault,
  nested,
  openTarget,
  type Request,
  type Target,
} from './hostile-target.ts';

const noJson = fault('The body must be JSON.');
const noObject = fault('the body must be a JSON object.');
const tooDeep = fault('The body must not nest deeper than 32 levels.');
const half = { username: 'half-done' };
const halfJson = JSON.stringify(half);

const documents: readonly Case[] = [
  ['cut short', halfJson.slice(0, -1), noJson],
  ['two documents', halfJson.repeat(2), noJson],
  ['a comment', `${halfJson}// x`, noJson],
  ['single quotes', "{'username':'half-done'}", noJson],
  ['a control character', '{"username":"half\u0000done"}', noJson],
  ['NaN', '{"username":NaN}', noJson],
  ['XML', '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><x>&x;</x>', noJson],
  ['a form', 'username=half-done', noJson],
  ['a list', `[${halfJson}]`, noObject],
  ['a text', '"half-done"', noObject],
  ['a number', '1', noObject],
  ['null', 'null', noObject],
  ['33 levels of lists', `{"username":"half-done","x":${nested('[', ']', 32)}}`, tooDeep],
  ['33 levels of objects', `${nested('{"profile":', '', 33)}1${'}'.repeat(33)}`, tooDeep],
  ['half a mebibyte of brackets', '['.repeat(500_000), noJson],
  [
    'over a mebibyte',
    () => JSON.stringify({ ...half, x: 'x'.repeat(1_048_576) }),
    [413, 3, 'The body must have at most 1048576 bytes.'],
  ],
  [
    'a member in both its names',
    '{"username":"half-done","profile":{"givenName":"A","given_name":"B","familyName":"C"}}',
    fault('profile.givenName is given twice.'),
  ],
  [
    'members that exclude each other',
    { ...half, email: { email: 'half@done.com', returnCode: {}, isVerified: true } },
    fault('email.returnCode, email.isVerified exclude each other: send one of them.'),
  ],
  [
    'two kinds of password',
    { ...half, password: { password: { password: 'Secr3tP4ssw0rd!' }, hashedPassword: { hash: 'x' } } },
    fault('password.password, password.hashedPassword exclude each other: send one of them.'),
  ],
  [
    'several faults at once',
    { username: 1, profile: [], email: 'x' },
    fault('username must be a string; profile must be a JSON object; email must be a JSON object.'),
  ],
];

test('bodies that are no JSON of an update', async (t) => {
  await (await openTarget(t)).assertRefused(documents);
});

test('the same bodies are no request of any other operation', async (t) => {
  const target = await openTarget(t);
  const ofAnyMessage = documents.filter(([, , expected]) => [noJson, noObject, tooDeep].includes(expected));
  const paths = ['lock', 'unlock', 'deactivate', 'reactivate', 'password_reset', 'email/verify', 'phone/verify'];
  const requests = [
    ['DELETE', `/v2/users/${target.id}`],
    ['POST', '/v2/users/human'],
    ...paths.map((path) => ['POST', `/v2/users/${target.id}/${path}`]),
  ];
  for (const [method = '', path = ''] of requests) {
    await target.assertAllRefused(ofAnyMessage.map(([, body, expected]) => [method, path, body, expected]));
  }
});

test('bytes that are no UTF-8, and content types that are none of JSON', async (t) => {
  const target = await openTarget(t);
  const before = await target.everything();
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xfe, 0xff, 0, 0x7b, 0, 0x7d]]) {
    const answer = await fetch(`${target.server.origin}/v2/users/human/${target.id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${target.server.token}`, 'content-type': 'application/json' },
      body: Buffer.concat([Buffer.from('{"username":"half'), Buffer.from(bytes), Buffer.from('"}')]),
    });
    assert.deepEqual([answer.status, await answer.json()], [400, { code: 3, message: 'The body must be UTF-8.' }]);
  }
  assert.deepEqual(await target.everything(), before);
  const types: readonly [string, string][] = [
    ['nonsense', 'Content-Type must be a media type.'],
    ['application/grpc', 'This path takes application/json.'],
    ['application/grpc-web+proto', 'This path takes application/json.'],
  ];
  const path = `/v2/users/human/${target.id}`;
  await target.assertAllRefused(
    types.map(([type, text]): Request => ['PUT', path, half, [415, 3, text], { 'content-type': type }]),
  );
});

/** Each operation about one user: what it answers when there is none, and to whom has no right to it. */
const operations: readonly (readonly [
  method: string,
  path: string,
  body: object | undefined,
  notFound: ErrorId,
  notPermitted?: ErrorId,
])[] = [
  ['PUT', '/v2/users/human/{}', half, 'COMMAND-ugjs0upun6'],
  ['GET', '/v2/users/{}', undefined, 'QUERY-Dfbg2'],
  ['DELETE', '/v2/users/{}', undefined, 'COMMAND-bd4ir1mblj'],
  ['POST', '/v2/users/{}/lock', {}, 'COMMAND-450yxuqrh1'],
  // These ask for the state before the permission, as upstream does.
  ['POST', '/v2/users/{}/unlock', {}, 'COMMAND-x377t913pw', 'COMMAND-olb9vb0oca'],
  ['POST', '/v2/users/{}/deactivate', {}, 'COMMAND-5gp2p62iin'],
  ['POST', '/v2/users/{}/reactivate', {}, 'COMMAND-9hy5kzbuk6', 'COMMAND-s5qqcz97hf'],
  ['POST', '/v2/users/{}/password_reset', { returnCode: {} }, 'COMMAND-SAF4f'],
  ['POST', '/v2/users/{}/email/verify', { verificationCode: 'ABC123' }, 'COMMAND-ieJ2e'],
  ['POST', '/v2/users/{}/phone/verify', { verificationCode: 'ABC123' }, 'COMMAND-ieJ2e'],
];

const ofOperations = (
  id: string,
  expected: (notFound: ErrorId, notPermitted: ErrorId) => Expected,
  headers?: Record<string, string>,
) =>
  operations.map(([method, path, body, notFound, notPermitted = 'AUTHZ-cdgFk']): Request => {
    const request = [method, path.replace('{}', id), body, expected(notFound, notPermitted)] as const;
    return headers ? [...request, headers] : request;
  });

test('ids that do not exist, or are none', async (t) => {
  const target = await openTarget(t);
  const none = [
    '404',
    '0',
    '-1',
    '1e3',
    '02',
    '9007199254740993',
    '1'.repeat(200),
    'x',
    '%00',
    '%zz',
    '%FF',
    '..%2f1',
    '__proto__',
    'constructor',
    '%F0%9F%90%AD',
  ];
  for (const id of none) await target.assertAllRefused(ofOperations(id, (notFound) => notFound));
  const tooLong = ofOperations('1'.repeat(201), () => fault(''));
  const before = await target.everything();
  for (const [method, path, body] of tooLong) {
    const { status, body: told } = await target.send(method, path, body as object | undefined);
    assert.equal(status, 400);
    assert.match(told.message, /^invalid \w+\.UserId: value length must be between 1 and 200 runes, inclusive$/);
  }
  assert.deepEqual(await target.everything(), before);
});

const missing: Expected = [401, 16, 'auth header missing'];

test('no token, a wrong one, one without the right, one that is limited, one of another realm', async (t) => {
  const target = await openTarget(t);
  const { id } = target;
  await target.assertAllRefused(ofOperations(id, () => missing, { authorization: '' }));
  for (const authorization of ['Bearer nonsense', 'Bearer', 'Basic YTpi', `Bearer ${target.server.token} x`]) {
    await target.assertAllRefused(ofOperations(id, () => 'AUTH-7fs1e', { authorization }));
  }
  const mere = await target.as(await target.seed({ administers: { accela: true } }));
  await target.assertAllRefused(ofOperations(id, (_, notPermitted) => notPermitted, mere));
  const stranger = await strangerTo(target);
  await target.assertAllRefused(ofOperations(id, (notFound) => notFound, stranger));
  const [reads, neither] = await Promise.all([limited(target, 'users.read'), limited(target, 'tokens.write')]);
  const isRead = ([method]: Request) => method === 'GET';
  await target.assertAllRefused(ofOperations(id, () => 'AUTH-5mWD2', reads).filter((each) => !isRead(each)));
  await target.assertAllRefused(ofOperations(id, () => 'AUTH-5mWD2', neither));
});

/** Who administers another realm. */
async function strangerTo({ server }: Target): Promise<Record<string, string>> {
  const system = server.directory.as(systemActor, { dialect: 'test' });
  const realm = await server.store.allocate('realm', 1);
  const fields = { name: 'other', language: 'en', region: 'US', timeZone: 'UTC' };
  await system.run(createRealm, { key: realm, ids: { zitadel: '2' }, fields });
  const input = { realm, kind: 'human', patch: { username: 'stranger' }, administers: { zitadel: true } } as const;
  const { user } = await system.run(createUser, { ...input, lifecycle: 'active' });
  return await tokenOf(server, user as User, 'zitadel', {});
}

/** The administrator's, with no more than one permission. */
function limited({ server }: Target, permission: string): Promise<Record<string, string>> {
  return tokenOf(server, { key: 1 } as User, 'directory', { permissions: [permission] });
}

async function tokenOf(
  server: Target['server'],
  { key }: User,
  dialect: string,
  rights: object,
): Promise<Record<string, string>> {
  const token = `token-${server.random.uuid()}`;
  const row = { hash: hashToken(token), id: token, dialect, use: 'access', rights, signedIn: false };
  await server.directory
    .as(systemActor, { dialect: 'test' })
    .run(issueTokens, { user: { key }, tokens: [row as never] });
  return { authorization: `Bearer ${token}` };
}

test('a name that is taken, in any case and Unicode form, by an update or a creation', async (t) => {
  const target = await openTarget(t);
  await target.seed({ patch: { username: 'Taken', 'loginNames.accela': 'Bücher' } });
  const person = { profile: { givenName: 'Half', familyName: 'Done' }, email: { email: 'half@done.com' } };
  const names = ['Taken', 'TAKEN', 'ｔａｋｅｎ', 'Bücher', 'BU\u0308CHER', 'bu\u0308cher', 'admin'];
  await target.assertRefused(names.map((username) => [username, { ...person, username }, 'V3-DKcYh']));
  await target.assertAllRefused(
    names.map((username): Request => ['POST', '/v2/users/human', { ...person, username }, 'V3-DKcYh']),
  );
});

test('ids that cannot be given', async (t) => {
  const target = await openTarget(t);
  const person = {
    username: 'x',
    profile: { givenName: 'Half', familyName: 'Done' },
    email: { email: 'half@done.com' },
  };
  const rule = fault('A given id must have 1 to 200 visible ASCII characters, and more than dots.');
  const ids: readonly (readonly [string, Expected])[] = [
    ...['a\u0000', '\u202Ex', 'ünï', ' ', 'a b', 'a\nb', '.', '..'].map((userId) => [userId, rule] as const),
    ['x'.repeat(201), broken(between(1, 200), 'AddHumanUserRequest.UserId')],
    [target.id, 'COMMAND-7yiox1isql'],
  ];
  await target.assertAllRefused(
    ids.map(([userId, expected]): Request => ['POST', '/v2/users/human', { ...person, userId }, expected]),
  );
});

test('an update that is half right changes nothing, of whatever kind the wrong half is', async (t) => {
  const target = await openTarget(t);
  await target.seed({ patch: { username: 'taken' } });
  const good = { profile: { givenName: 'Half', familyName: 'Done' }, email: { email: 'half@done.com', sendCode: {} } };
  await target.assertRefused([
    ['a taken name', { ...good, username: 'taken' }, 'V3-DKcYh'],
    ['a bad number', { ...good, phone: { phone: 'x' } }, 'PHONE-so0wa'],
    ['a weak password', { ...good, password: { password: { password: 'weak' } } }, 'DOMAIN-HuJf6'],
    ['no password', { ...good, password: {} }, 'COMMAND-3klek4sbns'],
    ['a bad hash', { ...good, password: { hashedPassword: { hash: '$2b$04$x' } } }, 'CRYPT-r8Qm2'],
    [
      'a code never asked for',
      { ...good, password: { password: { password: 'Secr3tP4ss!' }, verificationCode: 'ABC123' } },
      'CRYPT-aqrFV',
    ],
    [
      'a current password of nobody',
      { ...good, password: { password: { password: 'Secr3tP4ss!' }, currentPassword: 'x' } },
      'COMMAND-3nJ4t',
    ],
    ['a bad link', { ...good, email: { email: 'half@done.com', sendCode: { urlTemplate: '{{' } } }, 'DOMAIN-oGh5e'],
  ]);
  const path = `/v2/users/human/${target.id}`;
  const headers: readonly (readonly [Record<string, string>, Expected])[] = [
    [{ 'if-match': '"9"' }, [412, 10, 'The user stands at version 1, not 9: read it again.']],
    [{ 'if-match': 'nonsense' }, [412, 10, 'The user stands at version 1, not 0: read it again.']],
    [{ 'idempotency-key': 'x'.repeat(201) }, fault('Idempotency-Key must have 1 to 200 visible ASCII characters.')],
    [{ 'muster-dry-run': 'yes' }, fault('Muster-Dry-Run must be true or false.')],
  ];
  await target.assertAllRefused(headers.map(([header, expected]): Request => ['PUT', path, good, expected, header]));
});

test('two updates racing: on one version one wins, on one name one wins, else both', async (t) => {
  const target = await openTarget(t);
  const other = await target.seed();
  const versioned = await Promise.all(
    ['a', 'b', 'c'].map((username) => target.put(target.id, { username: `racer-${username}` }, { 'if-match': '"1"' })),
  );
  assert.deepEqual(versioned.map(({ status }) => status).toSorted(), [200, 412, 412]);
  const named = await Promise.all([
    target.put(target.id, { username: 'The-One' }),
    target.put(other, { username: 'the-one' }),
  ]);
  assert.deepEqual(named.map(({ status }) => status).toSorted(), [200, 409]);
  const lost = named.find(({ status }) => status === 409);
  if (lost) assertTold(lost, 'V3-DKcYh', 'the name');
  const { sequence } = (await target.read(target.id)).details;
  const both = await Promise.all([
    target.put(target.id, { email: { email: 'one@mouse.com' } }),
    target.put(target.id, { phone: { phone: '+41791234569' } }),
  ]);
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
  );
  const { details, human } = await target.read(target.id);
  assert.deepEqual(
    [Number(details.sequence), human.email.email, human.phone.phone],
    [Number(sequence) + 2, 'one@mouse.com', '+41791234569'],
  );
});

test('what is taken leniently, and what it becomes', async (t) => {
  const target = await openTarget(t);
  const names = { givenName: 'Minnie', familyName: 'Mouse' };
  const shown = (await target.read(target.id)).human;
  const unchanged: readonly (readonly [string, object | string])[] = [
    ['null for every member', { username: null, profile: null, email: null, phone: null, password: null }],
    [
      'null inside',
      { profile: { ...names, nickName: null, displayName: null, preferredLanguage: null, gender: null } },
    ],
    ['nothing of a phone', { phone: {} }],
    ['unknown members', { nonsense: 1, profile: { ...names, nonsense: { deep: [] } } }],
    ['names of every object', '{"__proto__":{"username":"x"},"constructor":{"username":"x"},"toString":1}'],
    [
      'and inside',
      '{"profile":{"givenName":"Minnie","familyName":"Mouse","__proto__":{"nickName":"x"},"hasOwnProperty":1}}',
    ],
    ['the members of the proto file', { profile: { given_name: 'Minnie', family_name: 'Mouse' } }],
    ['an id in the body', { userId: '404', user_id: null }],
    ['a number for a gender', { profile: { ...names, gender: 1 } }],
  ];
  const before = await target.everything();
  for (const [what, body] of unchanged) {
    assert.equal((await target.put(target.id, body)).status, 200, what);
    assert.deepEqual(await target.everything(), before, what);
  }
  assert.equal(({} as { username?: string }).username, undefined);
  const becomes: readonly (readonly [string, object | string, (human: typeof shown) => unknown, unknown])[] = [
    [
      'the last of two',
      '{"profile":{"givenName":"A","givenName":"B","familyName":"C"}}',
      ({ profile }) => profile.givenName,
      'B',
    ],
    [
      'an unknown number for a gender',
      { profile: { ...names, gender: 2 ** 40 } },
      ({ profile }) => profile.gender,
      undefined,
    ],
    [
      'an undetermined language',
      { profile: { ...names, preferredLanguage: 'und' } },
      ({ profile }) => profile.preferredLanguage,
      undefined,
    ],
    [
      'a name that composes',
      { profile: { ...names, nickName: 'Bu\u0308cher' } },
      ({ profile }) => profile.nickName,
      'Bücher',
    ],
    [
      'markup',
      { profile: { ...names, nickName: '<b>&{{.Code}}' } },
      ({ profile }) => profile.nickName,
      '<b>&{{.Code}}',
    ],
    ['blanks around an address', { email: { email: ' half@done.com ' } }, ({ email }) => email.email, 'half@done.com'],
  ];
  for (const [what, body, read, value] of becomes) {
    assert.equal((await target.put(target.id, body)).status, 200, what);
    assert.deepEqual(read((await target.read(target.id)).human), value, what);
  }
  for (const type of ['text/plain', 'application/xml', 'multipart/form-data', 'application/json; charset=utf-16', '']) {
    const username = `by-${type.length}`;
    assert.equal((await target.put(target.id, { username }, { 'content-type': type })).status, 200, type);
    assert.equal((await target.read(target.id)).username, username, type);
  }
});
