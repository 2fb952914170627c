import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInstant } from '#core/instant.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

test('the clock tells the time in our form', () => {
  assert.ok(isInstant(systemClock.now()));
  assert.ok(systemClock.now() > '2026-01-01T00:00:00.000Z');
});

test('random bytes and ids differ; ids are UUIDs of version 7', () => {
  assert.equal(systemRandom.bytes(32).length, 32);
  assert.notDeepEqual(systemRandom.bytes(32), systemRandom.bytes(32));
  const ids = Array.from({ length: 100 }, () => systemRandom.uuid());
  assert.equal(new Set(ids).size, 100);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
