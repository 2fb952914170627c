import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { seededRandom } from '#test/manual.ts';
import { backOffMs } from './back-off.ts';

test('the wait doubles from 5 s to an hour, a quarter more or less', () => {
  const attempts = fc.integer({ min: 1, max: 100 });
  fc.assert(
    fc.property(attempts, fc.integer(), (attempt, seed) => {
      const middle = Math.min(3_600_000, 5000 * 2 ** (attempt - 1));
      const ms = backOffMs(attempt, seededRandom(seed));
      assert.ok(ms >= 0.75 * middle && ms <= 1.25 * middle, `${attempt}: ${ms}`);
    }),
  );
  const random = seededRandom();
  assert.ok(new Set(Array.from({ length: 20 }, () => backOffMs(5, random))).size > 15);
});
