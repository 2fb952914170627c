import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { encodeCitizen } from '#dialects/accela/encode.ts';
import { fullUser, sampleRealm, sampleUser } from '#dialects/accela/sample-user.ts';
import { decodeUpdate } from './update.ts';

const realm = sampleRealm('America/New_York');
const nothing = { patch: {} };
const decode = (body: JsonObject, user = fullUser) => decodeUpdate(body, user, realm);
const refused = (field: string, body: JsonObject) =>
  assert.throws(
    () => decode(body),
    (error) => error instanceof DirectoryError && error.code === 'invalid_argument' && error.field === field,
    JSON.stringify(body),
  );

test('every field of the vendor is read', () => {
  const body = {
    email: 'minnie@mouse.com',
    id: 7,
    loginName: 'mini',
    mobilePhone: '925-551-8132',
    mobilePhoneCountryCode: '1',
    questions: [{ answer: 'Rex', order: '1', question: 'First pet?' }],
    receiveSMS: 'N',
    registerDate: '2016-02-09 11:23:58',
    role: 'AUTH_AGENT',
  };
  assert.deepEqual(decode(body), {
    patch: {
      acceptsTextMessages: false,
      registeredAt: '2016-02-09T16:23:58.000Z',
      'extensions.accela.role': 'AUTH_AGENT',
    },
    loginName: { dialect: 'accela', name: 'mini' },
    email: { address: 'minnie@mouse.com' },
    phone: { number: '+19255518132', entered: '925-551-8132', sameBy: 'number' },
    securityQuestions: [{ answer: 'Rex', order: '1', question: 'First pet?' }],
  });
});

test('absent keeps, and unknown members are ignored', () => {
  assert.deepEqual(decode({}), nothing);
  assert.deepEqual(decode({ userName: 'x', Email: 'x', active: 'No', password: 'x' }), nothing);
});

test('null clears what may be cleared', () => {
  const body = { email: null, mobilePhone: null, questions: null, role: null, receiveSMS: null };
  assert.deepEqual(decode(body), {
    patch: { acceptsTextMessages: null, 'extensions.accela.role': null },
    email: null,
    phone: null,
    securityQuestions: null,
  });
});

test('null in loginName or registerDate is refused', () => {
  refused('loginName', { loginName: null });
  refused('registerDate', { registerDate: null });
});

test('what is shown says nothing, whatever the user has', () => {
  const entered = sampleUser({ 'phone.entered': 'ask mum', 'loginNames.accela': 'mini' });
  for (const user of [fullUser, sampleUser(), entered]) {
    assert.deepEqual(decode({ ...encodeCitizen(user, realm) }, user), nothing);
  }
});

test('empty and null are alike where there is no value', () => {
  const body = { email: '', mobilePhone: '', mobilePhoneCountryCode: '', receiveSMS: '', role: '' };
  assert.deepEqual(decode(body, sampleUser()), nothing);
});

test('an empty text where there is a value is not let through as a wish to keep or clear it', () => {
  assert.deepEqual(decode({ email: '' }).email, { address: '' });
  assert.deepEqual(decode({ role: '' }).patch, { 'extensions.accela.role': '' });
  refused('receiveSMS', { receiveSMS: '' });
  refused('mobilePhone', { mobilePhone: '' });
  refused('registerDate', { registerDate: '' });
});

test('id is the user’s own, as a number or as digits', () => {
  for (const id of [7, '7', null]) assert.deepEqual(decode({ id }), nothing);
  for (const id of [8, '8', '07', '', true, {}, [7], ['7']]) refused('id', { id });
});

test('the moment shown, in any form, is no new registerDate', () => {
  for (const registerDate of ['2015-02-09 11:23:58', '2015-02-09T16:23:58Z', '2015-02-09T16:23:58.789Z']) {
    assert.deepEqual(decode({ registerDate }), nothing, registerDate);
  }
  assert.deepEqual(decode({ registerDate: '2026-11-21 05:00:00' }, sampleUser()), nothing);
});

test('of a time that occurs twice, the shown text keeps the later one, and an offset tells them apart', () => {
  const later = sampleUser({ registeredAt: '2025-11-02T06:30:00.000Z' });
  assert.deepEqual(decode({ registerDate: '2025-11-02 01:30:00' }, later), nothing);
  const earlier = { registeredAt: '2025-11-02T05:30:00.000Z' };
  assert.deepEqual(decode({ registerDate: '2025-11-02T05:30:00Z' }, later), { patch: earlier });
});

test('members of the wrong kind are refused by name', () => {
  for (const member of ['email', 'loginName', 'mobilePhone', 'mobilePhoneCountryCode', 'receiveSMS', 'role']) {
    for (const value of [1, true, {}, ['x']]) refused(member, { [member]: value });
  }
  refused('questions', { questions: 'x' });
  refused('registerDate', { registerDate: 1423499038000 });
});

test('receiveSMS is Y or N', () => {
  assert.deepEqual(decode({ receiveSMS: 'Y' }, sampleUser()), { patch: { acceptsTextMessages: true } });
  for (const value of ['y', 'Yes', 'true', ' ']) refused('receiveSMS', { receiveSMS: value });
});
