import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError, type ErrorCode, invalidField } from '#core/errors.ts';
import { refusalOf } from './errors.ts';

const statuses: Readonly<Record<ErrorCode, number>> = {
  invalid_argument: 400,
  failed_precondition: 400,
  not_found: 404,
  already_exists: 400,
  permission_denied: 401,
  unauthenticated: 401,
  aborted: 412,
  resource_exhausted: 429,
  unavailable: 503,
  deadline_exceeded: 504,
  unimplemented: 501,
  internal: 500,
};

for (const [code, status] of Object.entries(statuses)) {
  test(`${code} is ${status}`, () => {
    const refusal = refusalOf(new DirectoryError(code as ErrorCode, 'why', { reason: 'user_locked' }));
    assert.equal(refusal?.status, status);
  });
}

test('who is to come back later is told when', () => {
  const refusal = refusalOf(new DirectoryError('unavailable', 'The queue is full.', { reason: 'queue_full' }));
  assert.deepEqual(refusal?.headers, { 'Retry-After': '1' });
  const tooMany = { reason: 'too_many_attempts', facts: { retryAfterSeconds: 42 } } as const;
  const attempts = refusalOf(new DirectoryError('resource_exhausted', 'Too many attempts.', tooMany));
  assert.deepEqual(attempts, {
    status: 429,
    headers: { 'Retry-After': '42' },
    business: { code: 'TOO_MANY_ATTEMPTS', reason: 'Too many attempts.' },
  });
});

test('a business rule is told by its reason in capitals', () => {
  const error = new DirectoryError('already_exists', 'This username is taken.', { reason: 'username_taken' });
  const business = { code: 'USERNAME_TAKEN', reason: 'This username is taken.' };
  assert.deepEqual(refusalOf(error), { status: 400, business });
});

test("a value that the directory refuses is told under the member's name", () => {
  const key = (field: string) => {
    const refusal = refusalOf(invalidField(field, 'why'));
    assert.ok(refusal && 'httpError' in refusal);
    return Object.keys(refusal.httpError.ModelState ?? {});
  };
  assert.deepEqual(key('password'), ['user.Password']);
  assert.deepEqual(key('loginNames.twosms'), ['user.Username']);
  assert.deepEqual(key('toString'), ['user']);
});

test('an internal error does not tell why, and what is no refusal is none', () => {
  const error = new DirectoryError('internal', 'the disk is on fire', { reason: 'store_unavailable' });
  assert.deepEqual(refusalOf(error), { status: 500, httpError: { Message: 'An error has occurred.' } });
  assert.equal(refusalOf(new TypeError('x')), undefined);
});
