import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OAuthRefusal } from '#transport/oauth.ts';
import { readTokenRequest } from './read-request.ts';

const client = { client_id: 'app', client_secret: 'secret' };
const password = { grant_type: 'password', ...client, username: 'minnie', password: 'secret', scope: 'users' };
const refresh = { grant_type: 'refresh_token', ...client, refresh_token: 'token' };
const read = (parameters: Readonly<Record<string, string>>) =>
  readTokenRequest(new Map(Object.entries(parameters).filter(([, value]) => value !== '')));

test('a password request is read, its environment PROD unless named', () => {
  const expected = {
    grantType: 'password',
    clientId: 'app',
    clientSecret: 'secret',
    username: 'minnie',
    password: 'secret',
    agency: undefined,
    environment: 'PROD',
    scopes: ['users'],
  };
  assert.deepEqual(read(password), expected);
  const more = { scope: ' b  a ', agency_name: 'MAIN', environment: 'TEST', id_provider: 'citizen', state: 'x' };
  assert.deepEqual(read({ ...password, ...more }), {
    ...expected,
    scopes: ['b', 'a'],
    agency: 'MAIN',
    environment: 'TEST',
  });
});

test('a refresh request is read', () => {
  const { scopes, environment, ...rest } = read({ ...refresh, environment: 'TEST', scope: 'users' });
  assert.deepEqual([scopes, environment], [['users'], 'TEST']);
  assert.deepEqual(rest, {
    grantType: 'refresh_token',
    clientId: 'app',
    clientSecret: 'secret',
    refreshToken: 'token',
    agency: undefined,
  });
  assert.equal(read(refresh).scopes, undefined);
});

test('what is missing, too long or not understood is refused, and named', () => {
  const long = 'x'.repeat(2_001);
  const missing = (from: object) =>
    Object.keys(from).map((name) => [{ ...from, [name]: '' }, 'invalid_request', name] as const);
  const wrong: readonly (readonly [Readonly<Record<string, string>>, string, string])[] = [
    ...missing(password),
    ...missing(refresh),
    ...Object.keys(password).map((name) => [{ ...password, [name]: long }, 'invalid_request', name] as const),
    [{ ...password, agency_name: long }, 'invalid_request', 'agency_name'],
    [{ ...password, unknown: long }, 'invalid_request', 'unknown'],
    ...['authorization_code', 'client_credentials', 'PASSWORD', 'password '].map(
      (grant_type) => [{ ...password, grant_type }, 'unsupported_grant_type', 'grant_type'] as const,
    ),
    ...['"', 'a"b', 'users\\', 'größe', 'a\tb', 'a\u0000', ' '].map(
      (scope) => [{ ...password, scope }, 'invalid_scope', 'scope'] as const,
    ),
    ...['two words', 'ü', 'x'.repeat(51), 'a\r\nb'].map(
      (environment) => [{ ...refresh, environment }, 'invalid_request', 'environment'] as const,
    ),
  ];
  for (const [parameters, error, name] of wrong) {
    assert.throws(
      () => read(parameters),
      (refusal) => refusal instanceof OAuthRefusal && refusal.error === error && refusal.message.startsWith(`${name} `),
      `${error} ${JSON.stringify(parameters).slice(0, 200)}`,
    );
  }
});
