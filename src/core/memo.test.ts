import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembering } from './memo.ts';

test('works out each text once, and again what was asked for longest ago when there are too many', () => {
  const worked: string[] = [];
  const upper = remembering((text) => {
    worked.push(text);
    return text.toUpperCase();
  }, 2);
  assert.deepEqual(['a', 'b', 'a', 'c', 'a', 'b'].map(upper), ['A', 'B', 'A', 'C', 'A', 'B']);
  assert.deepEqual(worked, ['a', 'b', 'c', 'b']);
});

test('remembers no long text', () => {
  let count = 0;
  const length = remembering((text) => {
    count += 1;
    return text.length;
  });
  const long = 'x'.repeat(300);
  assert.deepEqual([length(long), length(long), count], [300, 300, 2]);
});
