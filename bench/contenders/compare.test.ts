import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestOf, compare } from './compare.ts';

test('contenders take turns, and the first load of each does not count', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({
    name,
    load: async () => ({ perSecond: order.push(name), failed: 0 }),
  });
  const { series } = await compare({ name: 'x', connections: 1, rounds: 2 }, ['a', 'b'].map(contender));
  assert.deepEqual(order, ['a', 'b', 'a', 'b', 'b', 'a']);
  assert.deepEqual(
    series.map(({ loads }) => loads.map(({ perSecond }) => perSecond)),
    [
      [3, 6],
      [4, 5],
    ],
  );
});

test('as many clients as serve it best in most tries', async () => {
  const rates: Record<number, number[]> = { 8: [100, 100, 900, 100], 16: [0, 300, 300, 300], 64: [200, 200, 200, 200] };
  assert.equal(await bestOf([8, 16, 64], async (count) => ({ perSecond: rates[count]?.shift() ?? 0, failed: 0 })), 16);
});
