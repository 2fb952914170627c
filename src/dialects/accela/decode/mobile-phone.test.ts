import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { MobilePhone } from '#dialects/accela/encode.ts';
import { decodeMobilePhone } from './mobile-phone.ts';

const none: MobilePhone = {};
const american: MobilePhone = { mobilePhone: '9255518131', mobilePhoneCountryCode: '1' };
const swiss: MobilePhone = { mobilePhone: '791234567', mobilePhoneCountryCode: '41' };
const unreadable: MobilePhone = { mobilePhone: '079 123 45 67' };

const decode = (body: JsonObject, shown: MobilePhone = none) => decodeMobilePhone(body, shown, 'US');
const number = (body: JsonObject, shown: MobilePhone = none) => decode(body, shown)?.number;
const refused = (field: string, body: JsonObject, shown: MobilePhone = none) =>
  assert.throws(
    () => decode(body, shown),
    (error) => error instanceof DirectoryError && error.code === 'invalid_argument' && error.field === field,
    JSON.stringify(body),
  );

test('punctuation is removed, under either name', () => {
  const expected = { number: '+19255518131', entered: '925-551-8131', sameBy: 'number' };
  assert.deepEqual(decode({ mobilePhone: '925-551-8131' }), expected);
  assert.deepEqual(decode({ cellPhone: '925-551-8131' }), expected);
  for (const text of ['(925) 551 8131', '925.551.8131', '925/551\u20118131', ' 9255518131 ']) {
    assert.equal(number({ mobilePhone: text }), '+19255518131', text);
  }
});

test('mobilePhone and cellPhone sent both must be one number', () => {
  assert.equal(number({ mobilePhone: '9255518131', cellPhone: '925-551-8131' }), '+19255518131');
  assert.equal(decode({ mobilePhone: null, cellPhone: null }, american), null);
  refused('cellPhone', { mobilePhone: '9255518131', cellPhone: '9255518132' });
  refused('cellPhone', { mobilePhone: '9255518131', cellPhone: null });
});

test('the country code is the one sent, else the user’s, else 1', () => {
  assert.equal(number({ mobilePhone: '79 123 45 68', mobilePhoneCountryCode: '41' }, american), '+41791234568');
  assert.equal(number({ mobilePhone: '079 123 45 68' }, swiss), '+41791234568');
  assert.equal(number({ mobilePhone: '9255518131' }), '+19255518131');
  assert.equal(number({ mobilePhone: '9255518131', mobilePhoneCountryCode: null }, swiss), '+19255518131');
  assert.equal(number({ mobilePhone: '0236618300', mobilePhoneCountryCode: '+39' }), '+390236618300');
});

test('under 1 a number has exactly ten digits; one that nobody has is kept as its digits', () => {
  for (const text of ['925551813', '92555181311', '19255518131', '+19255518131', '925551813x', '', '9255518131#']) {
    refused('mobilePhone', { mobilePhone: text }, american);
  }
  assert.deepEqual(decode({ mobilePhone: '(555) 123-4567' }), { entered: '5551234567', sameBy: 'entered' });
});

test('under another code a number is valid in that country', () => {
  refused('mobilePhone', { mobilePhone: '12', mobilePhoneCountryCode: '41' });
  refused('mobilePhone', { mobilePhone: '9255518131' }, swiss);
  refused('mobilePhone', { mobilePhone: '791234567', mobilePhoneCountryCode: '999' });
  refused('mobilePhone', { mobilePhone: '1'.repeat(5000), mobilePhoneCountryCode: '41' });
});

test('a country code is one to three digits', () => {
  for (const code of ['', '0', '1234', 'US', '+']) {
    refused('mobilePhoneCountryCode', { mobilePhone: '791234567', mobilePhoneCountryCode: code }, american);
  }
});

test('what is no text is refused', () => {
  refused('mobilePhone', { mobilePhone: 9255518131 });
  refused('cellPhone', { cellPhone: true });
  refused('mobilePhoneCountryCode', { mobilePhoneCountryCode: 1 });
});

test('null clears the number, and the code goes with it', () => {
  assert.equal(decode({ mobilePhone: null }, american), null);
  assert.equal(decode({ cellPhone: null }, american), null);
  assert.equal(decode({ mobilePhone: null, mobilePhoneCountryCode: null }, swiss), null);
  assert.equal(decode({ mobilePhone: null, mobilePhoneCountryCode: '41' }, swiss), null);
});

test('a new code needs a number beside it', () => {
  refused('mobilePhoneCountryCode', { mobilePhoneCountryCode: '41' });
  refused('mobilePhoneCountryCode', { mobilePhone: '', mobilePhoneCountryCode: '41' });
  refused('mobilePhoneCountryCode', { mobilePhone: null, mobilePhoneCountryCode: '44' }, swiss);
});

test('a code sent alone reads the present number under it', () => {
  const british = { mobilePhone: '7911123456', mobilePhoneCountryCode: '44' };
  assert.equal(number({ mobilePhoneCountryCode: '41' }, unreadable), '+41791234567');
  assert.equal(number({ mobilePhoneCountryCode: '7' }, { ...american, mobilePhone: '9161234567' }), '+79161234567');
  refused('mobilePhoneCountryCode', { mobilePhoneCountryCode: '41' }, british);
});

test('a code cleared alone reads the present number under 1, where it must be valid', () => {
  assert.equal(number({ mobilePhoneCountryCode: null }, { ...american, mobilePhoneCountryCode: '7' }), '+19255518131');
  assert.equal(number({ mobilePhoneCountryCode: null }, american), '+19255518131');
  refused('mobilePhoneCountryCode', { mobilePhoneCountryCode: null }, swiss);
  refused(
    'mobilePhoneCountryCode',
    { mobilePhoneCountryCode: null },
    { mobilePhone: '5551234567', mobilePhoneCountryCode: '7' },
  );
});

test('what is shown, or empty alike, says nothing', () => {
  for (const shown of [none, american, swiss, unreadable]) {
    assert.equal(decode({}, shown), undefined);
    assert.equal(decode({ ...shown }, shown), undefined);
    if (shown.mobilePhone) assert.equal(decode({ cellPhone: shown.mobilePhone }, shown), undefined);
  }
  assert.equal(decode({ mobilePhone: null, mobilePhoneCountryCode: null }), undefined);
  assert.equal(decode({ mobilePhone: '', cellPhone: '', mobilePhoneCountryCode: '' }), undefined);
  assert.equal(decode({ ...unreadable, mobilePhoneCountryCode: null }, unreadable), undefined);
});

test('the text is kept as typed only where it means the same number by itself', () => {
  const body = { mobilePhone: '079 123 45 67', mobilePhoneCountryCode: '41' };
  assert.equal(decodeMobilePhone(body, none, 'CH')?.entered, '079 123 45 67');
  assert.equal(decodeMobilePhone(body, none, 'US')?.entered, '+41791234567');
});
