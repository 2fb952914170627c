import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SaxesParser } from 'saxes';
import { chartOf, groupsOf } from './chart.ts';
import { sampleResults } from './sample-results.ts';

test('the chart holds ratios over the bare server with their goals, and over Muster itself', () => {
  const [overBare, overItself, ...others] = groupsOf(sampleResults);
  assert.deepEqual(
    overBare?.bars.map(({ label, spread, goal }) => [label, spread.median, goal]),
    [
      ['Muster, embedded SQLite', 0.85, 0.8],
      ['Muster, PostgreSQL', 0.5, 0.55],
      ['slapd', 0.2, undefined],
    ],
  );
  assert.deepEqual(overItself?.bars, [
    {
      label: 'with many users, embedded SQLite',
      spread: { median: 0.95, least: 0.91, greatest: 0.97 },
      goal: 0.9,
      isMuster: true,
    },
  ]);
  assert.equal(others.length, 0);
});

test('the picture is well-formed, and its bars are as long as their ratios', () => {
  const picture = chartOf([
    {
      title: 'a < b',
      bars: [1, 0.5].map((median) => ({
        label: 'x & y',
        spread: { median, least: median, greatest: median },
        isMuster: true,
      })),
    },
  ]);
  const lengths: number[] = [];
  const parser = new SaxesParser();
  parser.on('error', assert.fail);
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'rect' && attributes['class'] === 'muster') lengths.push(Number(attributes['width']));
  });
  parser.write(picture).close();
  const [whole = 0, half = 0] = lengths;
  assert.ok(whole > 100);
  assert.equal(half, whole / 2);
});

test('the axis reaches as far as the greatest ratio', () => {
  const spread = { median: 1.3, least: 1.1, greatest: 1.5 };
  assert.match(chartOf([{ title: 't', bars: [{ label: 'x', spread, isMuster: true }] }]), />1\.6<\/text>/);
});
