import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { jwtsUnder, keyOf, type Payload } from './jwt.ts';

const payload: Payload = { u: 7, a: [0], n: ['*'], dt: ['*'], e: 1_800_000_000_000, t: 1 };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A JWT made by hand, with nothing of the code under test. */
function jwt(claims: unknown, key: string, header = '{"alg":"HS256"}'): string {
  const signed = [header, JSON.stringify(claims)].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${signed}.${createHmac('sha256', Buffer.from(key, 'hex')).update(signed).digest('base64url')}`;
}

test("the default secret's key is the one that real installations sign with", () => {
  assert.equal(hex(keyOf('devicehive')), '75ebe271e862');
});

test('characters that are no base64 are skipped, and an incomplete last group is dropped', () => {
  assert.equal(hex(keyOf('-device_hive- \n')), '75ebe271e862');
  assert.equal(hex(keyOf('devicehivey')), '75ebe271e862');
  assert.equal(hex(keyOf('devicehivey=')), '75ebe271e862bdec');
  assert.equal(hex(keyOf('AQIDBAUG')), '010203040506');
});

test('a secret that makes no key is refused', async () => {
  await assert.rejects(jwtsUnder('abc'), /at least four/);
  await assert.rejects(jwtsUnder(''), /at least four/);
});

test('a JWT has exactly this header and exactly this claim', async () => {
  const jwts = await jwtsUnder('devicehive');
  const token = await jwts.write({ ...payload, extra: 1 } as Payload);
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  assert.equal(header, '{"alg":"HS256"}');
  assert.equal(claims, '{"payload":{"u":7,"a":[0],"n":["*"],"dt":["*"],"e":1800000000000,"t":1}}');
  assert.equal(token, jwt({ payload }, '75ebe271e862'));
});

test('a JWT of a real installation with the same secret is read', async () => {
  const jwts = await jwtsUnder('devicehive');
  assert.deepEqual(await jwts.read(jwt({ payload }, '75ebe271e862')), payload);
});

test('what is not signed with the key, or is no payload, is not read', async () => {
  const jwts = await jwtsUnder('devicehive');
  const good = await jwts.write(payload);
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`;
  const refused = [
    '',
    'a.b.c',
    good.slice(0, -2),
    unsigned,
    jwt({ payload }, Buffer.from('devicehive').toString('hex')),
    jwt({ payload }, '75ebe271e862', '{"alg":"HS512"}'),
    jwt({ sub: 'x' }, '75ebe271e862'),
    jwt({ payload: { u: 1 } }, '75ebe271e862'),
    jwt(null, '75ebe271e862'),
  ];
  for (const token of refused) assert.equal(await jwts.read(token), undefined, token);
});
