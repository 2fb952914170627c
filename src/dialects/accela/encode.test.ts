import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCitizen, encodeListed, encodePage, encodeResult, pickFields } from './encode.ts';
import { fullUser, sampleRealm, sampleUser } from './sample-user.ts';

const realm = sampleRealm();

test('a profile has every field of the vendor, answers masked', () => {
  assert.deepEqual(encodeCitizen(fullUser, realm), {
    email: 'mini@mouse.com',
    id: 7,
    loginName: 'minnie',
    mobilePhone: '9255518131',
    mobilePhoneCountryCode: '1',
    questions: [
      { answer: '******', order: '1', question: 'First pet?' },
      { order: '2', question: 'First car?' },
    ],
    receiveSMS: 'Y',
    registerDate: '2015-02-09 16:23:58',
    role: 'CITIZEN',
  });
});

test('what has no value is left out; registerDate is then when the user was created', () => {
  const shown = { id: 7, loginName: 'minnie', registerDate: '2026-11-21 10:00:00' };
  assert.deepEqual(encodeCitizen(sampleUser(), realm), shown);
  assert.deepEqual(encodeCitizen(sampleUser({ securityQuestions: [] }), realm), shown);
});

test('receiveSMS is Y or N', () => {
  assert.equal(encodeCitizen(sampleUser({ acceptsTextMessages: false }), realm).receiveSMS, 'N');
});

test('registerDate is in the time zone of the realm', () => {
  assert.equal(encodeCitizen(fullUser, sampleRealm('Europe/Zurich')).registerDate, '2015-02-09 17:23:58');
});

test('the login name is the one for this dialect', () => {
  assert.equal(encodeCitizen(sampleUser({ 'loginNames.accela': 'mini' }), realm).loginName, 'mini');
});

test('a phone shows as national digits and country code; one that is no valid number shows whole', () => {
  const phoneOf = (fields: Parameters<typeof sampleUser>[0]) => {
    const { mobilePhone, mobilePhoneCountryCode } = encodeCitizen(sampleUser(fields), realm);
    return [mobilePhone, mobilePhoneCountryCode];
  };
  assert.deepEqual(phoneOf({ 'phone.number': '+41791234567', 'phone.entered': '079 123' }), ['791234567', '41']);
  assert.deepEqual(phoneOf({ 'phone.number': '+390236618300', 'phone.entered': 'x' }), ['0236618300', '39']);
  assert.deepEqual(phoneOf({ 'phone.entered': 'ask mum: 079' }), ['ask mum: 079', undefined]);
  assert.deepEqual(phoneOf({ 'phone.number': '+9991234567', 'phone.entered': 'x' }), ['+9991234567', undefined]);
});

test('a list shows neither questions nor country code, and whether the user is active', () => {
  const { questions, mobilePhoneCountryCode, ...rest } = encodeCitizen(fullUser, realm);
  assert.deepEqual(encodeListed(fullUser, realm), { ...rest, active: 'Yes' });
  const at = '2026-11-21T10:00:00.000Z';
  for (const fields of [{ disabledAt: at }, { lockedAt: at }, { lifecycle: 'initial' } as const]) {
    assert.equal(encodeListed(sampleUser(fields), realm)['active'], 'No');
  }
});

test('fields picks members of the first level, id always, case-sensitively, unknown ones ignored', () => {
  const result = { email: 'a@b.c', id: 7, loginName: 'x', role: 'CITIZEN' };
  assert.deepEqual(pickFields(result, new Set(['role', 'EMAIL', 'nothing'])), { id: 7, role: 'CITIZEN' });
  assert.deepEqual(pickFields(result, undefined), result);
});

test('envelopes are the vendor’s', () => {
  assert.equal(JSON.stringify(encodeResult({ id: 7 })), '{"status":200,"result":{"id":7}}');
  assert.equal(
    JSON.stringify(encodePage([{ id: 7 }], { offset: 5, limit: 1 }, true)),
    '{"result":[{"id":7}],"status":200,"page":{"offset":5,"limit":1,"hasmore":true}}',
  );
});
