import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etag, runOptions } from './options.ts';

const refuse = (header: string, message: string) => new RangeError(`${header}: ${message}`);

const read = (headers: Record<string, string>, body?: Buffer, url = '/x') =>
  runOptions({ headers, method: 'PUT', url, body }, refuse);

test('a version goes out as an entity tag and comes back', () => {
  assert.equal(etag(3), '"3"');
  assert.deepEqual(read({ 'if-match': etag(3) }), { ifVersion: 3 });
});

test('takes the forms of a tag that name one version', () => {
  for (const tag of ['W/"3"', '3', ' "3" ']) assert.deepEqual(read({ 'if-match': tag }), { ifVersion: 3 });
});

test('* asks for no version', () => {
  assert.deepEqual(read({ 'if-match': '*' }), {});
});

test('a tag that was never given names a version at which none stands', () => {
  for (const tag of ['"abc"', '', '"3", "4"', '"-1"', '"99999999999999999999"']) {
    assert.deepEqual(read({ 'if-match': tag }), { ifVersion: 0 }, tag);
  }
});

test('reads the idempotency key as it stands', () => {
  const once = read({ 'idempotency-key': 'order 66' });
  assert.equal(once.idempotencyKey, 'order 66');
  assert.deepEqual(read({ 'idempotency-key': 'order 66' }), once);
  assert.notDeepEqual(read({ 'idempotency-key': 'order 66' }, Buffer.from('{}')), once);
  assert.notDeepEqual(read({ 'idempotency-key': 'order 66' }, undefined, '/y'), once);
  for (const key of ['', 'é', 'x'.repeat(201)]) {
    assert.throws(() => read({ 'idempotency-key': key }), /Idempotency-Key/);
  }
});

test('a dry run is true or false and nothing between', () => {
  assert.deepEqual(read({ 'muster-dry-run': 'true' }), { dryRun: true });
  assert.deepEqual(read({ 'muster-dry-run': 'FALSE' }), { dryRun: false });
  for (const wish of ['1', 'yes', '']) assert.throws(() => read({ 'muster-dry-run': wish }), /Dry-Run/);
});

test('nothing asked for is nothing said', () => {
  assert.deepEqual(read({}), {});
});
