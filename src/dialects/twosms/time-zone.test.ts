import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimeZone } from './time-zone.ts';

test('an IANA name is taken in any case and named as IANA does', () => {
  assert.deepEqual(parseTimeZone('europe/zurich', 'US'), { zone: 'Europe/Zurich' });
});

test("Windows' name means the zone of the realm's country, else of the world", () => {
  const windowsName = 'W. Europe Standard Time';
  assert.deepEqual(parseTimeZone('w. europe standard time', 'US'), { zone: 'Europe/Berlin', windowsName });
  assert.deepEqual(parseTimeZone(windowsName, 'CH'), { zone: 'Europe/Zurich', windowsName });
});

test('where both know a name it is the IANA one', () => {
  assert.deepEqual(parseTimeZone('UTC', 'US'), { zone: 'UTC' });
});

test('anything else is no time zone', () => {
  for (const text of ['', 'sample string 17', '+01:00', 'constructor', '__proto__']) {
    assert.equal(parseTimeZone(text, 'US'), undefined, text);
  }
});
