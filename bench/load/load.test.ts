import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResult } from './load.ts';

test('what a loader prints, and that it has printed nothing', () => {
  assert.deepEqual(readResult('Running\nRESULT 3000 2 1500000 12000 45000\n'), {
    perSecond: 2000,
    p50Ms: 12,
    p99Ms: 45,
    failed: 2,
  });
  assert.equal(readResult('RESULT 0 0 1000000 0 0').perSecond, 0);
  assert.throws(() => readResult('unable to connect'), /unable to connect/);
});
