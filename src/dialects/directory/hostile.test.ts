import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '#core/json.ts';
import { type Case, openTarget, type Request, type Target } from './hostile-target.ts';

// What nobody should send. Each is refused in this API's own shape, and changes nothing.

let target: Target;
before(async () => {
  target = await openTarget();
});
after(() => target.close());

const nested = (levels: number): Json => (levels === 0 ? 1 : { a: nested(levels - 1) });

const patch = (body: Json | Buffer): Request => ['PATCH', '/users/{id}', body];
const raw = (text: string): Request => patch(Buffer.from(text));
/** The same body to every address that takes one. */
const everywhere = (body: Json | Buffer | undefined, headers = {}): Request[] => [
  ['PATCH', '/users/{id}', body, headers],
  ['POST', '/users', body, headers],
  ['POST', '/tokens', body, headers],
  ['POST', '/clients', body, headers],
];

test('bodies that are no JSON object in UTF-8, too large, too deep, or of another type', async () => {
  const malformed: readonly (readonly [string, Buffer | undefined])[] = [
    ['no body', undefined],
    ...[
      '',
      'x',
      '[]',
      'null',
      '"x"',
      '1',
      '{"a":',
      '{"a":1}{}',
      "{'a':1}",
      '{"a":NaN}',
      '<a/>',
      '<!DOCTYPE a>',
      '\ufeff{}x',
    ].map((text) => [text, Buffer.from(text)] as const),
    ['control character', Buffer.from('{"username":"\u0001"}')],
    ['Latin 1', Buffer.from('{"username":"\xff"}', 'latin1')],
    ['UTF-16', Buffer.from('{"username":"x"}', 'utf16le')],
    ['33 levels', Buffer.from(JSON.stringify(nested(33)))],
    ['brackets', Buffer.from('['.repeat(500_000))],
  ];
  const cases = malformed.flatMap(([what, body]) =>
    everywhere(body).map((request): Case => [`${what} ${request[1]}`, request, 400, 'body_malformed']),
  );
  const large = Buffer.from(JSON.stringify({ username: 'x'.repeat(1_048_576) }));
  const tooLarge = everywhere(large).map((request): Case => [`large ${request[1]}`, request, 413, 'body_too_large']);
  const types = [
    'text/xml',
    'application/xml',
    'application/x-www-form-urlencoded',
    'text/plain',
    'nonsense',
    'application/json5',
  ];
  const typed = types.flatMap((type) =>
    everywhere(Buffer.from('{}'), { 'content-type': type }).map(
      (request): Case => [`${type} ${request[1]}`, request, 415, 'media_type_unsupported'],
    ),
  );
  await target.assertRefused([...cases, ...tooLarge, ...typed]);
});

test('half of an update is no update', async () => {
  await target.assertRefused([
    [
      'last wrong',
      patch({ profile: { givenName: 'X' }, data: { a: 1 }, email: { address: 'no' } }),
      400,
      'field_invalid',
      'email.address',
    ],
    ['first wrong', patch({ username: '', profile: { givenName: 'X' } }), 400, 'field_required', 'username'],
    [
      'a name that is taken',
      patch({ profile: { givenName: 'X' }, username: 'admin' }),
      409,
      'username_taken',
      'username',
    ],
    ['locked with a bad password', patch({ state: 'locked', password: 'x' }), 400, 'password_too_short', 'password'],
  ]);
});

test('names that are taken, in another case and another Unicode form', async () => {
  const names = ['José', 'JOSÉ', 'Jose\u0301', 'ＪＯＳＥ\u0301', 'KÄFER', 'Ka\u0308fer'];
  await target.assertRefused(
    names.flatMap((username): Case[] => [
      [username, patch({ username }), 409, 'username_taken', 'username'],
      [username, ['POST', '/users', { username }], 409, 'username_taken', 'username'],
      [username, patch({ loginNames: { devicehive: username } }), 409, 'username_taken', 'username'],
    ]),
  );
});

test('ids that do not exist, are no number, negative, or beyond what is one', async () => {
  const ids = [
    'no-such-id',
    '0',
    '-1',
    '1.5',
    '1e3',
    '9007199254740993',
    '%00',
    '..%2f1',
    `${'9'.repeat(400)}`,
    '__proto__',
  ];
  const cases = ids.flatMap((id): Case[] => [
    [`directory ${id}`, ['GET', `/users/${id}`], 404, 'user_not_found'],
    ...['zitadel', 'devicehive', 'accela', 'twosms'].map(
      (as): Case => [`${as} ${id}`, ['PATCH', `/users/${id}?as=${as}`, {}], 404, 'user_not_found'],
    ),
    [`token ${id}`, ['DELETE', `/tokens/${id}`], 404, 'token_not_found'],
    [`client ${id}`, ['DELETE', `/clients/accela/${id}`], 404, 'client_not_found'],
    [`delete ${id}`, ['DELETE', `/users/${id}`], 404, 'user_not_found'],
    [`tokens of ${id}`, ['GET', `/tokens?user=${id}`], 404, 'user_not_found'],
  ]);
  await target.assertRefused([
    ...cases,
    ['no dialect', ['GET', '/users/{id}?as=__proto__'], 400, 'field_invalid', 'as'],
    ['given: 0', ['POST', '/users', { username: 'x', ids: { devicehive: 0 } }], 400, 'field_invalid', 'ids.devicehive'],
    [
      'given: beyond',
      ['POST', '/users', { username: 'x', ids: { devicehive: 2 ** 53 } }],
      400,
      'field_invalid',
      'ids.devicehive',
    ],
    ['given: text', ['POST', '/users', { username: 'x', ids: { accela: '1' } }], 400, 'field_invalid', 'ids.accela'],
    ['given: taken', ['POST', '/users', { username: 'x', ids: { accela: 1 } }], 409, 'id_taken', 'id'],
    [
      'given: unknown',
      ['POST', '/users', { username: 'x', ids: { constructor: 1 } }],
      400,
      'field_invalid',
      'ids.constructor',
    ],
  ]);
});

test('of two that race on one user at one version, or on one name, one wins', async () => {
  const { version } = (await target.send(['GET', '/users/{id}'])).body;
  const racing = ['a', 'b', 'c'].map((nickName) =>
    target.send(['PATCH', '/users/{id}', { profile: { nickName } }, { 'if-match': `"${version}"` }]),
  );
  const statuses = (await Promise.all(racing)).map(({ status }) => status);
  assert.deepEqual(statuses.sort(), [200, 412, 412]);
  const named = ['Twin', 'TWIN', 'ｔｗｉｎ'].map((username) => target.send(['POST', '/users', { username }]));
  assert.deepEqual((await Promise.all(named)).map(({ status }) => status).sort(), [201, 409, 409]);
});

test('in data every key is plain data: it comes back as it went in, is merged and taken away', async () => {
  const data =
    '{"__proto__":{"__proto__":1,"a":null},"constructor":{"prototype":{"b":2}},"toString":"x","hasOwnProperty":[1]}';
  const made = await target.send(['POST', '/users', Buffer.from(`{"username":"proto","data":${data}}`)]);
  assert.equal(made.status, 201);
  const path = `/users/${made.body.id}`;
  const stored = async () => /"data":(\{.*\}),"registeredAt"/.exec((await target.send(['GET', path])).text)?.[1];
  assert.equal(await stored(), data);
  await target.send([
    'PATCH',
    path,
    Buffer.from('{"data":{"__proto__":{"c":3},"constructor":null,"hasOwnProperty":{"d":4}}}'),
  ]);
  assert.equal(await stored(), '{"__proto__":{"__proto__":1,"a":null,"c":3},"toString":"x","hasOwnProperty":{"d":4}}');
  await target.send(['PATCH', path, Buffer.from('{"data":{"__proto__":null}}')]);
  assert.equal(await stored(), '{"toString":"x","hasOwnProperty":{"d":4}}');
  assert.equal((await target.send(['GET', `${path}/changes`])).body.changes.length, 3);
  assert.equal(({} as JsonObject)['c'], undefined);
});

test('a key that means something to JavaScript is no member of anything else', async () => {
  await target.assertRefused([
    ['at the top', raw('{"__proto__":{"username":"x"}}'), 400, 'field_invalid', '__proto__'],
    ['in profile', raw('{"profile":{"__proto__":"x"}}'), 400, 'field_invalid', 'profile.__proto__'],
    ['in loginNames', raw('{"loginNames":{"__proto__":"x"}}'), 400, 'field_invalid', 'loginNames'],
    ['in extensions', raw('{"extensions":{"__proto__":{"a":1}}}'), 400, 'field_invalid', 'extensions.__proto__.a'],
    ['in a token', ['POST', '/tokens', Buffer.from('{"__proto__":{"user":"x"}}')], 400, 'field_invalid', '__proto__'],
    [
      'in a client',
      ['POST', '/clients', Buffer.from('{"dialect":"accela","constructor":1}')],
      400,
      'field_invalid',
      'constructor',
    ],
  ]);
});
