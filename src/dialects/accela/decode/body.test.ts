import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import { decodeBody } from './body.ts';

const bytes = (text: string) => Buffer.from(text);
const refusedFor = (reason: string) => (error: unknown) =>
  error instanceof DirectoryError && error.code === 'invalid_argument' && error.reason === reason;

test('JSON is read under its own name, under none, and under the form name that generated clients send', () => {
  const types = ['application/json', 'application/json; charset=utf-8', 'text/json', undefined];
  for (const type of [...types, 'application/x-www-form-urlencoded']) {
    assert.deepEqual(decodeBody(bytes(' {"receiveSMS":"Y"}'), type), { receiveSMS: 'Y' }, String(type));
  }
  assert.deepEqual(decodeBody(bytes('\ufeff{"role":null}'), 'application/json'), { role: null });
});

test('a body that is no JSON object is malformed', () => {
  const wrong = [
    undefined,
    bytes(''),
    bytes('{'),
    bytes('[]'),
    bytes('"x"'),
    bytes('null'),
    Buffer.from([0x7b, 0xff, 0x7d]),
  ];
  for (const body of wrong) {
    assert.throws(() => decodeBody(body, 'application/json'), refusedFor('body_malformed'), String(body));
  }
});

test('another media type is refused, a real form too', () => {
  assert.throws(() => decodeBody(bytes('<a/>'), 'application/xml'), refusedFor('media_type_unsupported'));
  assert.throws(() => decodeBody(bytes('{}'), 'text/plain'), refusedFor('media_type_unsupported'));
  const form = 'application/x-www-form-urlencoded';
  assert.throws(() => decodeBody(bytes('receiveSMS=Y'), form), refusedFor('media_type_unsupported'));
});

test('nesting ends at 32 levels, and __proto__ is plain data', () => {
  const nested = (levels: number) => bytes(`{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`);
  assert.ok(decodeBody(nested(32), 'application/json'));
  assert.throws(() => decodeBody(nested(33), 'application/json'), refusedFor('body_malformed'));
  const body = decodeBody(bytes('{"__proto__":{"email":"a@b.c"}}'), 'application/json');
  assert.equal(body['email'], undefined);
});
