import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { delayAfter } from './lockout.ts';

const delay = { everyAttempts: 5, stepMs: 1_000, atMostMs: 10_000 };

test('a wrong password is told a step later with every so many of them, and no later than at most', () => {
  const after = [0, 1, 4, 5, 9, 10, 49, 50, 55, 1_000_000].map((attempts) => delayAfter(attempts, delay));
  assert.deepEqual(after, [0, 0, 0, 1_000, 1_000, 2_000, 9_000, 10_000, 10_000, 10_000]);
});

test('one more never makes it shorter', () => {
  const steps = fc.record({ everyAttempts: fc.integer({ min: 1, max: 20 }), stepMs: fc.nat(), atMostMs: fc.nat() });
  fc.assert(
    fc.property(fc.nat(), steps, (attempts, given) => {
      assert.ok(delayAfter(attempts + 1, given) >= delayAfter(attempts, given));
      assert.ok(delayAfter(attempts, given) <= given.atMostMs);
    }),
  );
});
