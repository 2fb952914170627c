import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '#core/errors.ts';
import { sampleRealm } from '#dialects/accela/sample-user.ts';
import { decodeRegistration } from './registration.ts';

const realm = sampleRealm();

test('a registration is read with all that the directory keeps of it', () => {
  const body = {
    userName: 'minnie',
    email: 'mini@mouse.com',
    password: 'pass word',
    cellPhone: '925-551-8131',
    questions: [{ answer: 'Rex', order: '1', question: 'First pet?' }],
    receiveSMS: 'Y',
    role: 'CITIZEN',
    contacts: [{ firstName: 'Minnie' }],
    id_provider: 'citizen',
    serviceProviderCode: 'OTHER',
  };
  assert.deepEqual(decodeRegistration(body, realm), {
    realm: 1,
    kind: 'human',
    patch: { username: 'minnie', acceptsTextMessages: true, 'extensions.accela.role': 'CITIZEN' },
    email: { address: 'mini@mouse.com' },
    phone: { number: '+19255518131', entered: '925-551-8131', sameBy: 'number' },
    password: { set: { plain: 'pass word' }, rules: { minLength: 8, maxLength: 200 }, lockAfterAttempts: 0 },
    securityQuestions: [{ answer: 'Rex', order: '1', question: 'First pet?' }],
  });
});

test('only userName is required; null is as good as absent', () => {
  const least = { realm: 1, kind: 'human', patch: { username: 'minnie' } };
  assert.deepEqual(decodeRegistration({ userName: 'minnie' }, realm), least);
  const nulls = { email: null, password: null, cellPhone: null, questions: null, receiveSMS: null, role: null };
  assert.deepEqual(decodeRegistration({ userName: 'minnie', ...nulls }, realm), least);
  for (const userName of [undefined, null, '', 5]) {
    assert.throws(
      () => decodeRegistration(userName === undefined ? {} : { userName }, realm),
      (error) => error instanceof DirectoryError && error.field === 'userName',
    );
  }
});

test('an empty password is a password, for the rules to refuse', () => {
  assert.deepEqual(decodeRegistration({ userName: 'x', password: '' }, realm).password?.set, { plain: '' });
});
