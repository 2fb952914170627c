import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etag, runOptions } from './options.ts';

const refuse = (header: string, message: string) => new RangeError(`${header}: ${message}`);

test('a version goes out as an entity tag and comes back', () => {
  assert.equal(etag(3), '"3"');
  assert.deepEqual(runOptions({ 'if-match': etag(3) }, refuse), { ifVersion: 3 });
});

test('takes the forms of a tag that name one version', () => {
  for (const tag of ['W/"3"', '3', ' "3" '])
    assert.deepEqual(runOptions({ 'if-match': tag }, refuse), { ifVersion: 3 });
});

test('* asks for no version', () => {
  assert.deepEqual(runOptions({ 'if-match': '*' }, refuse), {});
});

test('a tag that was never given names a version at which none stands', () => {
  for (const tag of ['"abc"', '', '"3", "4"', '"-1"', '"99999999999999999999"']) {
    assert.deepEqual(runOptions({ 'if-match': tag }, refuse), { ifVersion: 0 }, tag);
  }
});

test('reads the idempotency key as it stands', () => {
  assert.deepEqual(runOptions({ 'idempotency-key': 'order 66' }, refuse), { idempotencyKey: 'order 66' });
  for (const key of ['', 'é', 'x'.repeat(201)]) {
    assert.throws(() => runOptions({ 'idempotency-key': key }, refuse), /Idempotency-Key/);
  }
});

test('a dry run is true or false and nothing between', () => {
  assert.deepEqual(runOptions({ 'muster-dry-run': 'true' }, refuse), { dryRun: true });
  assert.deepEqual(runOptions({ 'muster-dry-run': 'FALSE' }, refuse), { dryRun: false });
  for (const wish of ['1', 'yes', '']) assert.throws(() => runOptions({ 'muster-dry-run': wish }, refuse), /Dry-Run/);
});

test('nothing asked for is nothing said', () => {
  assert.deepEqual(runOptions({}, refuse), {});
});
