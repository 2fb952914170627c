import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OAuthRefusal, readTokenParameters, refusalBody } from './oauth.ts';

const form = 'application/x-www-form-urlencoded';
const read = (body: string | Buffer | undefined, type: string | undefined = form) =>
  Object.fromEntries(readTokenParameters(typeof body === 'string' ? Buffer.from(body) : body, type));

test('parameters are read from a form; without a value they are not there', () => {
  const expected = { grant_type: 'password', username: 'münnie@mouse.com', password: 'a b+c&d' };
  const sent = 'grant_type=password&username=m%C3%BCnnie%40mouse.com&password=a+b%2Bc%26d&scope=&state';
  assert.deepEqual(read(sent), expected);
  assert.deepEqual(read(sent, 'Application/X-WWW-Form-URLencoded; charset=utf-8'), expected);
  assert.deepEqual(read('username=münnie'), { username: 'münnie' });
});

test('what clients forget to escape is read as a form has it', () => {
  assert.deepEqual(read('password=100%&username=a%zz'), { password: '100%', username: 'a%zz' });
  assert.deepEqual(read('password=a&b'), { password: 'a' });
  assert.deepEqual(
    read('__proto__=x&constructor=y'),
    Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]),
  );
});

test('what is no form, or says something twice, is an invalid request', () => {
  const wrong: readonly Parameters<typeof read>[] = [
    [undefined],
    ['{"grant_type":"password"}', 'application/json'],
    ['grant_type=password', 'text/plain'],
    ['grant_type=password', ''],
    ['grant_type=password&grant_type=password'],
    ['username=&username=minnie'],
    ['username=%FF'],
    [Buffer.from([0x61, 0x3d, 0xff])],
  ];
  for (const [body, type] of wrong) {
    assert.throws(
      () => read(body, type),
      (error) => error instanceof OAuthRefusal && error.error === 'invalid_request' && error.status === 400,
      `${type} ${body}`,
    );
  }
});

test('a description stays within what the standard allows it', () => {
  const body = refusalBody('invalid_scope', 'The scope "größe\\" is unknown.\r\n');
  assert.deepEqual(body, { error: 'invalid_scope', error_description: 'The scope ?gr??e?? is unknown.??' });
});
