import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentOf } from './moment.ts';

const now = '2026-11-21T10:00:00.000Z';

test('a span is counted from now, a date begins in UTC, a whole moment is taken as it is', () => {
  const moments = {
    '45m': '2026-11-21T10:45:00.000Z',
    '12h': '2026-11-21T22:00:00.000Z',
    '30d': '2026-12-21T10:00:00.000Z',
    '2030-01-31': '2030-01-31T00:00:00.000Z',
    '2030-01-31T12:00Z': '2030-01-31T12:00:00.000Z',
    '2030-01-31T12:00:00+02:00': '2030-01-31T10:00:00.000Z',
    '2028-02-29T00:00:00.5Z': '2028-02-29T00:00:00.500Z',
  };
  for (const [text, moment] of Object.entries(moments)) assert.equal(momentOf(text, now), moment, text);
});

test('anything else is refused', () => {
  for (const text of [
    '',
    '30',
    'd',
    '30 d',
    '1w',
    '-1d',
    'tomorrow',
    '2030-02-30',
    '2030-13-01',
    '2030-01-31T12:00',
    '1.5h',
  ]) {
    assert.throws(() => momentOf(text, now), /is no moment/, text);
  }
});
