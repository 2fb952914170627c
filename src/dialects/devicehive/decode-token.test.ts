import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { readCredentials, readTokenRequest } from './decode-token.ts';

const rights = (payload: JsonObject) => readTokenRequest({ userId: 7, ...payload }).rights;
const told = (code: number, message: string) => ({ name: 'Refusal', code, message });
const malformed = told(400, 'Malformed Json received.');

test('a sign-in needs a login and a password; a number is taken for its digits', () => {
  assert.deepEqual(readCredentials({ login: 'minnie', password: 123456 }), { name: 'minnie', password: '123456' });
  const empty = told(400, 'Invalid or empty authorization request parameters');
  for (const params of [
    {},
    { login: ' ', password: 'x' },
    { login: 'x', password: '' },
    { login: null, password: 'x' },
  ]) {
    assert.throws(() => readCredentials(params), empty);
  }
  assert.throws(() => readCredentials({ login: {}, password: 'x' }), malformed);
});

test('actions are numbers or names in any case; unknown ones are dropped', () => {
  assert.deepEqual(rights({ actions: [0] }).a, [0]);
  assert.deepEqual(rights({ actions: ['getnetwork', 'ManageToken', '*', 3] }).a, [2, 15, 0, 3]);
  assert.deepEqual(rights({ actions: ['GetNetwork', 'Fly', 99, -1, 2.5] }).a, [2]);
  assert.deepEqual(rights({ actions: [] }).a, []);
  assert.deepEqual(rights({}).a, [1]);
  assert.deepEqual(rights({ actions: null }).a, [1]);
  const text = 'Actions list should contain only Strings or Integers';
  for (const action of [true, null, {}]) assert.throws(() => rights({ actions: [action] }), told(400, text));
  assert.throws(() => rights({ actions: 'GetNetwork' }), malformed);
});

test('a list of unknown actions alone does not turn into all that a client may do', () => {
  assert.deepEqual(rights({ actions: ['Fly'] }).a, [1]);
});

test('ids of networks and device types are kept as text', () => {
  assert.deepEqual(rights({ networkIds: [1, '2'], deviceTypeIds: ['*'] }), { a: [1], n: ['1', '2'], dt: ['*'] });
  assert.deepEqual(rights({}), { a: [1], n: null, dt: null });
  assert.throws(() => rights({ networkIds: 5 }), malformed);
  assert.throws(() => rights({ deviceTypeIds: [{}] }), malformed);
});

test('an expiration is milliseconds or ISO, in UTC unless it says otherwise, and holds for both tokens', () => {
  const until = (expiration: number | string) => readTokenRequest({ userId: 7, expiration });
  const noon = Date.UTC(2026, 10, 21, 12);
  for (const written of [noon, '2026-11-21T12:00:00.000', '2026-11-21T12:00Z', '2026-11-21T14:00:00+02:00']) {
    assert.equal(until(written).accessUntil, noon, String(written));
    assert.equal(until(written).refreshUntil, noon, String(written));
  }
  assert.equal(until('2026-11-21').accessUntil, Date.UTC(2026, 10, 21));
  const both = readTokenRequest({ userId: 7, expiration: 5, refreshExpiration: 6 });
  assert.deepEqual([both.accessUntil, both.refreshUntil], [5, 6]);
  const neither = readTokenRequest({ userId: 7, expiration: null });
  assert.deepEqual([neither.accessUntil, neither.refreshUntil], [undefined, undefined]);
  for (const wrong of ['soon', '2026-13-01', 1.5, -1, 1e300, '21.11.2026'])
    assert.throws(() => until(wrong), malformed);
});

test('a payload and its userId are needed', () => {
  assert.throws(() => readTokenRequest(undefined), malformed);
  assert.throws(() => readTokenRequest(null), malformed);
  assert.throws(() => readTokenRequest({ userId: 'x' }), malformed);
  assert.throws(() => readTokenRequest({}), {
    code: 400,
    message: /On property userId \(value: null\): must not be null/,
  });
});
