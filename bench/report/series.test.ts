import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, ratios, spreadOf } from './series.ts';

const seriesWith = (name: string, ...rates: number[]) => ({
  name,
  loads: rates.map((perSecond) => ({ perSecond, failed: 0 })),
});

test('the median is the middle, or lies between the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([9, 1, 5, 7]), 6);
  assert.equal(median([10, 9, 2]), 9);
  assert.equal(median([]), Number.NaN);
});

test('a spread goes from the least to the greatest', () => {
  assert.deepEqual(spreadOf([0.8, 0.95, 0.7]), { median: 0.8, least: 0.7, greatest: 0.95 });
});

test('ratios pair the loads of one round', () => {
  assert.deepEqual(ratios(seriesWith('muster', 80, 30), seriesWith('bare', 100, 40)), [0.8, 0.75]);
});
