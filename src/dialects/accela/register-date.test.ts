import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import { formatRegisterDate, parseRegisterDate, sameSecond } from './register-date.ts';

const newYork = 'America/New_York';

test('a registerDate shows as local time of the agency to the second, without offset', () => {
  assert.equal(formatRegisterDate('2015-02-09T16:23:58.999Z', 'UTC'), '2015-02-09 16:23:58');
  assert.equal(formatRegisterDate('2015-02-09T16:23:00.000Z', newYork), '2015-02-09 11:23:00');
});

test('a registerDate is read as the wire shows it, as a date, and as ISO 8601', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['2015-02-09 16:23:58', '2015-02-09T21:23:58.000Z'],
    ['2015-02-09T16:23:58', '2015-02-09T21:23:58.000Z'],
    ['2015-02-09 16:23', '2015-02-09T21:23:00.000Z'],
    ['2015-02-09', '2015-02-09T05:00:00.000Z'],
    ['2015-02-09T16:23:58Z', '2015-02-09T16:23:58.000Z'],
    ['2015-02-09T16:23:58.5Z', '2015-02-09T16:23:58.500Z'],
    ['2015-02-09T16:23:58+01:00', '2015-02-09T15:23:58.000Z'],
    ['2015-02-09T16:23:58-0530', '2015-02-09T21:53:58.000Z'],
  ];
  for (const [text, instant] of forms) assert.equal(parseRegisterDate(text, newYork), instant, text);
});

test('what is no time is refused with the name of the member', () => {
  const wrong = [
    '',
    'yesterday',
    '2015-02-30',
    '2015-02-09 25:00:00',
    '02/09/2015',
    '2015-2-9',
    '2015-02-09Z',
    1423499038,
    null,
  ];
  for (const value of [...wrong, '0000-01-01T00:00:00+14:00']) {
    assert.throws(
      () => parseRegisterDate(value, newYork),
      (error) => error instanceof DirectoryError && error.code === 'invalid_argument' && error.field === 'registerDate',
      String(value),
    );
  }
});

test('local times survive a round trip, where clocks change too', () => {
  // 2:30 does not exist on that day: it is read as an hour later. 1:30 exists twice: the first is meant.
  const skipped = parseRegisterDate('2025-03-09 02:30:00', newYork);
  assert.equal(formatRegisterDate(skipped, newYork), '2025-03-09 03:30:00');
  assert.equal(parseRegisterDate('2025-03-09 03:30:00', newYork), skipped);
  assert.equal(parseRegisterDate('2025-11-02 01:30:00', newYork), '2025-11-02T05:30:00.000Z');
  for (const text of ['2025-03-09 01:59:59', '2025-03-09 03:00:00', '2025-11-02 01:30:00', '2025-07-01 00:00:00']) {
    assert.equal(formatRegisterDate(parseRegisterDate(text, newYork), newYork), text);
  }
});

test('moments of one second are the same on this wire', () => {
  assert.ok(sameSecond('2015-02-09T16:23:58.000Z', '2015-02-09T16:23:58.999Z'));
  assert.ok(!sameSecond('2015-02-09T16:23:58.999Z', '2015-02-09T16:23:59.000Z'));
  assert.ok(sameSecond('1965-02-09T16:23:58.001Z', '1965-02-09T16:23:58.999Z'));
});
