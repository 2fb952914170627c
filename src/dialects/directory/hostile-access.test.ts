import { after, before, test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { type Case, openTarget, type Request, type Target } from './hostile-target.ts';

// Callers without the right, and tokens and clients that are asked for wrongly.

let target: Target;
before(async () => {
  target = await openTarget();
});
after(() => target.close());

test('no token, a wrong one, one without the right, one of another realm', async () => {
  const limited = (await target.send(['POST', '/tokens', { permissions: ['users.read'] }])).body.token;
  const plain = (
    await target.send(['POST', '/tokens', { user: target.id, permissions: ['users.write', 'tokens.write'] }])
  ).body.token;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const requests: readonly Request[] = [
    ['PATCH', '/users/{id}', { data: { a: 1 } }],
    ['POST', '/users', { username: 'somebody-new' }],
    ['DELETE', '/users/{id}'],
    ['POST', '/tokens', { user: target.id }],
    ['POST', '/clients', { dialect: 'accela' }],
    ['DELETE', '/tokens/owner'],
    ['GET', '/messages'],
  ];
  const callers: readonly (readonly [string, Record<string, string>, number, string])[] = [
    ['none', { authorization: '' }, 401, 'token_missing'],
    ['Basic', { authorization: 'Basic YWRtaW46eA==' }, 401, 'token_missing'],
    ['wrong', bearer(`muster_${'x'.repeat(40)}`), 401, 'token_invalid'],
    ['limited', bearer(limited), 403, 'not_permitted'],
  ];
  const cases = callers.flatMap(([who, headers, status, reason]) =>
    requests.map(([method, path, body]): Case => {
      const hidden = who === 'limited' && path === '/tokens/owner';
      return [`${who} ${method} ${path}`, [method, path, body, headers], status, hidden ? 'not_permitted' : reason];
    }),
  );
  await target.assertRefused([
    ...cases,
    ['far PATCH', ['PATCH', '/users/{id}', {}, bearer(target.farToken)], 404, 'user_not_found'],
    ['far DELETE', ['DELETE', '/users/{id}', undefined, bearer(target.farToken)], 404, 'user_not_found'],
    ['far token', ['POST', '/tokens', { user: target.id }, bearer(target.farToken)], 404, 'user_not_found'],
    ['far tokens', ['GET', `/tokens?user=${target.id}`, undefined, bearer(target.farToken)], 404, 'user_not_found'],
    ['far revokes', ['DELETE', '/tokens/owner', undefined, bearer(target.farToken)], 404, 'token_not_found'],
    [
      'a wider token',
      ['POST', '/tokens', { permissions: ['messages.read'] }, bearer(plain)],
      403,
      'not_permitted',
      'permissions',
    ],
    ["the owner's voice", ['POST', '/tokens?as=zitadel', { user: '1' }, bearer(plain)], 403, 'not_permitted'],
    ["the owner's token", ['DELETE', '/tokens/owner', undefined, bearer(plain)], 404, 'token_not_found'],
  ]);
});

test('tokens and clients that are asked for wrongly', async () => {
  const token = (body: JsonObject): Request => ['POST', '/tokens', body];
  const client = (body: JsonObject): Request => ['POST', '/clients', { dialect: 'accela', ...body }];
  await target.assertRefused([
    ...[null, true, [], {}].map((value): Case => ['user', token({ user: value }), 400, 'field_invalid', 'user']),
    ...['nobody', -1, 0, 2 ** 53].map((value): Case => ['user', token({ user: value }), 404, 'user_not_found']),
    ...[null, 'users.read', {}, []].map(
      (value): Case => ['list', token({ permissions: value }), 400, 'field_invalid', 'permissions'],
    ),
    ...[null, 1, 'everything', 'USERS.READ'].map(
      (value): Case => [
        'permission',
        token({ permissions: ['users.read', value] }),
        400,
        'field_invalid',
        'permissions.1',
      ],
    ),
    ...[
      null,
      1,
      '',
      '2027-01-01',
      '2026-11-21T10:00:00.000Z',
      '2027-02-30T00:00:00.000Z',
      '+010000-01-01T00:00:00.000Z',
    ].map((value): Case => ['expiresAt', token({ expiresAt: value }), 400, 'field_invalid', 'expiresAt']),
    ['unknown member', token({ token: 'mine' }), 400, 'field_invalid', 'token'],
    ['hash', token({ hash: 'ab' }), 400, 'field_invalid', 'hash'],
    ...[null, 1, 'zitadel', 'oracle', '__proto__', ''].map(
      (value): Case => ['dialect', client({ dialect: value }), 400, 'field_invalid', 'dialect'],
    ),
    ...[null, 1, '', 'a b', 'ä', 'a\u0000', 'x'.repeat(201)].map(
      (id): Case => ['id', client({ id }), 400, 'field_invalid', 'id'],
    ),
    ...[null, 1, '', 'too-short', 'x'.repeat(201), 'a secret with spaces in it'].map(
      (secret): Case => ['secret', client({ secret }), 400, 'field_invalid', 'secret'],
    ),
    ...[null, 1, 'a\u0000b', 'a\u202eb', '\ud800'].map(
      (name): Case => ['name', client({ name }), 400, 'field_invalid', 'name'],
    ),
    ['name', client({ name: 'x'.repeat(201) }), 400, 'field_too_long', 'name'],
    ['limit', ['GET', '/tokens?limit=0'], 400, 'field_invalid', 'limit'],
    ['limit', ['GET', '/clients?limit=9999'], 400, 'field_invalid', 'limit'],
    ['limit', ['GET', '/messages?limit=x'], 400, 'field_invalid', 'limit'],
    ['as', ['GET', `/tokens?user=1&as=oracle`], 400, 'field_invalid', 'as'],
    ['method', ['PUT', '/tokens', {}], 405, 'method_not_allowed'],
    ['option', ['POST', '/tokens', {}, { 'muster-dry-run': 'perhaps' }], 400, 'field_invalid', 'Muster-Dry-Run'],
    [
      'option',
      ['POST', '/tokens', {}, { 'idempotency-key': 'x'.repeat(201) }],
      400,
      'field_invalid',
      'Idempotency-Key',
    ],
  ]);
});
