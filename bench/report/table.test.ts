import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownTable } from './table.ts';

test('columns of figures are set to the right, and a bar in a cell is no border', () => {
  const table = markdownTable({
    head: ['what', 'how many'],
    rows: [
      ['a|b', '1'],
      ['c', ''],
    ],
  });
  assert.equal(table, ['| what | how many |', '| --- | ---: |', '| a\\|b | 1 |', '| c |  |'].join('\n'));
});
