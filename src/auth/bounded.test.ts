import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounded } from './bounded.ts';

test('runs in order of arrival, never more at once than allowed, a failing one included', async () => {
  const { run, waiting } = bounded(2, 100, () => new Error('full'));
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = (id: number) =>
    run(async () => {
      begun.push(id);
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      if (id % 3 === 0) throw new Error(`${id} failed`);
      return id;
    });
  const settled = Promise.allSettled(Array.from({ length: 10 }, (_, id) => work(id)));
  assert.equal(waiting(), 8);
  const outcomes = await settled;
  assert.equal(waiting(), 0);
  assert.equal(most, 2);
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 4);
});
