import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { meetsPhonePattern, phonePattern } from './phone.ts';

test('the pattern wants five digits at least, and nothing but digits, spaces, () and - behind a +', () => {
  for (const number of ['12345', '+41 79 123 45 67', '(079) 123-45-67', '+(1)-2-3-4-5', '12345678901234567890']) {
    assert.ok(meetsPhonePattern(number), number);
  }
  for (const number of [
    'sample string 12',
    '',
    '1234',
    '1 2 3 4 -',
    '079.123.45.67',
    '123456789012345678901',
    '++12345',
  ]) {
    assert.ok(!meetsPhonePattern(number), number);
  }
});

test("it takes decimal digits of any script, as .NET's own does", () => {
  assert.ok(meetsPhonePattern('٠٧٩١٢٣٤٥٦٧'));
});

test("in ASCII it is the vendor's pattern as printed", () => {
  const printed = new RegExp(phonePattern);
  const number = fc.string({ unit: fc.constantFrom('1', '2', '0', '+', ' ', '(', ')', '-', 'x', '.'), maxLength: 24 });
  fc.assert(fc.property(number, (text) => meetsPhonePattern(text) === printed.test(text)));
});
