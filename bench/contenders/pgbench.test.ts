import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTps } from './pgbench.ts';

test('the rate of pgbench, and none where the disk has let nothing through', () => {
  const processed = (count: number) => `number of transactions actually processed: ${count}\n`;
  const busy = `${processed(900)}number of failed transactions: 2 (0.222%)\ntps = 450.5 (without initial connection time)\n`;
  assert.deepEqual(readTps(busy), { perSecond: 450.5, failed: 2 });
  const stalled = `${processed(0)}number of failed transactions: 0 (NaN%)\n`;
  assert.deepEqual(readTps(stalled), { perSecond: 0, failed: 0 });
  assert.throws(() => readTps('connection refused'), /has come to nothing/);
});
