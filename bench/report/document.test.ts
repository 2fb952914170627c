import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentOf, terminalText } from './document.ts';
import { sampleResults } from './sample-results.ts';

test('the page shows the chart, and each section as a table', () => {
  const page = documentOf(sampleResults);
  assert.match(page, /^# Benchmarks\n/);
  assert.match(page, /!\[.+\]\(benchmarks\.svg\)/);
  assert.deepEqual(
    [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
    ['Goals', 'Beside others', 'Through each dialect', 'Conditions'],
  );
  assert.match(page, /^- slapd: modifies <two> attributes\.$/m);
  assert.match(page, /^\| Node \| v26\.10\.0 \|$/m);
});

test('a run without comparisons shows what it has', () => {
  const text = terminalText({ ...sampleResults, comparisons: [], peers: [] });
  assert.match(text, /Goals/);
  assert.doesNotMatch(text, /Beside others|Through each dialect/);
});
