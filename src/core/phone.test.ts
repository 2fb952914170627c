import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNationalPhone, parsePhone, splitPhone } from './phone.ts';

/** Calling codes of one to three digits, of a country, of several, and of none. */
const callingCodes = ['1', '39', '41', '44', '7', '225', '358', '800', '883'];
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 5, maxLength: 12 });

test('a valid number is split into what it is read from again', () => {
  let valid = 0;
  const property = fc.property(fc.constantFrom(...callingCodes), digits, (callingCode, national) => {
    const read = parseNationalPhone(national, callingCode);
    if (read === undefined) return;
    valid += 1;
    const split = splitPhone(read.number);
    assert.deepEqual(split, { callingCode, national: read.nationalNumber });
    assert.equal(parseNationalPhone(split?.national ?? '', callingCode)?.number, read.number);
  });
  fc.assert(property, { numRuns: 5000 });
  assert.ok(valid > 50, `${valid} of them are numbers`);
});

test('a number that says itself what it is read under is the same under its country code', () => {
  const regions = fc.constantFrom('CH', 'GB', 'IT', 'RU', 'US');
  let alike = 0;
  const property = fc.property(regions, fc.constantFrom(...callingCodes), digits, (region, callingCode, national) => {
    const alone = parsePhone(national, region)?.number;
    if (alone !== `+${callingCode}${national}`) return;
    alike += 1;
    assert.equal(parseNationalPhone(national, callingCode)?.number, alone);
  });
  fc.assert(property, { numRuns: 20_000 });
  assert.ok(alike > 50, `${alike} of them are numbers`);
});

test('what begins with no calling code is not split', () => {
  assert.equal(splitPhone('+9991234567'), undefined);
  assert.equal(splitPhone('079'), undefined);
});
