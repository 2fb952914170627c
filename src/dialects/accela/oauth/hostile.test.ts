import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { User } from '#core/user.ts';
import { type AccelaServer, startAccela } from '#dialects/accela/start-accela.ts';
import {
  type Case,
  dtd,
  type Hostile,
  mebibyte,
  refuseEach,
  shapeOfOAuth,
  typed,
} from '#dialects/accela/test-hostile.ts';
import { openApp, withPassword } from './test-app.ts';

// What nobody should send to where tokens are issued, and what is said to it: as the standard has it, nothing changed.

let server: AccelaServer;
let target: User;
let right: string;
before(async () => {
  server = await startAccela();
  target = await server.create(withPassword);
  const { password: _password, ...sent } = (await openApp(server)).asking(target);
  right = new URLSearchParams(sent).toString();
});
after(() => server.close());

const ask = (body: unknown, type = 'application/x-www-form-urlencoded'): Hostile => ({
  method: 'POST',
  path: '/oauth2/token',
  body,
  ...(body === undefined ? {} : typed(type)),
  token: null,
});
/** A right request but for one parameter, and a wrong password, which must not come to be looked at. */
const but = (name: string, value: string): Hostile => {
  const form = new URLSearchParams(`${right}&password=wrong`);
  form.set(name, value);
  return ask(form.toString());
};
const invalid = (what: string, request: Hostile): Case => [what, request, 400, 'invalid_request'];

test('a body that is no form', () =>
  refuseEach(
    server,
    target,
    [
      invalid('none', ask(undefined)),
      invalid('a dry run', {
        ...ask(right),
        headers: { ...typed('application/x-www-form-urlencoded').headers, 'muster-dry-run': 'true' },
      }),
      invalid('an empty one', ask('')),
      invalid('JSON', ask({ grant_type: 'password' }, 'application/json')),
      invalid('JSON as a form', ask({ grant_type: 'password' })),
      invalid('XML', ask(dtd, 'text/xml')),
      invalid('bytes that are no UTF-8', ask(Buffer.from([0x61, 0x3d, 0xff]))),
      invalid('escapes that are no UTF-8', ask(`${right}&password=%ff`)),
      ['a type that is none', ask(right, 'nonsense'), 415, 'invalid_request'],
      ['over 1 MiB', ask(`${right}&password=${'x'.repeat(mebibyte)}`), 413, 'invalid_request'],
    ],
    shapeOfOAuth,
  ));

test('parameters that cannot be', () =>
  refuseEach(
    server,
    target,
    [
      invalid('no password', ask(right)),
      invalid('one twice', ask(`${right}&password=x&scope=records`)),
      invalid('keys that are more elsewhere', ask('__proto__=x&constructor=y')),
      invalid('a long password', but('password', 'x'.repeat(2_001))),
      invalid('an environment that is none', but('environment', 'a\r\nb')),
      invalid('an agency of nobody', but('agency_name', '__proto__')),
      ['another grant', but('grant_type', 'authorization_code'), 400, 'unsupported_grant_type'],
      ['a grant that is more elsewhere', but('grant_type', 'constructor'), 400, 'unsupported_grant_type'],
      ['a scope that is none', but('scope', '\u0000'), 400, 'invalid_scope'],
      ['a NUL in the name', but('username', 'target\u0000'), 400, 'invalid_userid_or_password'],
      ['a NUL in the client', but('client_id', 'app\u0000'), 400, 'invalid_client'],
      ['a client that is more elsewhere', but('client_id', '__proto__'), 400, 'invalid_client'],
      [
        'a refresh token that is none',
        ask(`${right.replace('=password', '=refresh_token')}&refresh_token=%00`),
        400,
        'invalid_grant',
      ],
    ],
    shapeOfOAuth,
  ));

test('another method than POST', async () => {
  const methods = ['GET', 'PUT', 'DELETE', 'PATCH'];
  const body = (method: string) => (method === 'GET' ? undefined : right);
  const cases = methods.map((method): Case => [method, { ...ask(body(method)), method }, 405, 'invalid_request']);
  await refuseEach(server, target, cases, shapeOfOAuth);
  assert.equal((await server.call('GET', '/oauth2/token', { token: null })).headers.get('allow'), 'POST');
});
