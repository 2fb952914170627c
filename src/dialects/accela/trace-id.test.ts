import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTraceId } from './trace-id.ts';

test('a trace id is the UTC time to the millisecond, a dash and eight hex digits', () => {
  const clock = { now: () => '2025-06-12T20:34:24.938Z' };
  const random = { bytes: () => new Uint8Array([0x2d, 0xe7, 0x6e, 0x31]), uuid: () => '' };
  assert.equal(newTraceId(clock, random), '250612203424938-2de76e31');
});
