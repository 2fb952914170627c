import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingsOf } from './resource-id.ts';

test('the literal reading comes first, and stands alone where there is no escape', () => {
  assert.deepEqual(readingsOf('301244'), ['301244']);
  assert.deepEqual(readingsOf('john.doe'), ['john.doe', 'john&oe']);
});

test('every escape of the vendor is undone, after the literal reading', () => {
  const escaped = 'a.0.1.2.3.4.5.6.7.8.9.a.b.c.d.e';
  assert.deepEqual(readingsOf(escaped), [escaped, 'a.-%/\\:*"<>|? &#']);
  assert.deepEqual(readingsOf('john.0doe'), ['john.0doe', 'john.doe']);
});

test('a dot before anything else stays', () => {
  assert.deepEqual(readingsOf('x.f.Z..'), ['x.f.Z..']);
});
