import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';
import { Refusal, render, wording } from './errors.ts';

const rendered = (code: ErrorCode, reason: ErrorReason) =>
  render(new DirectoryError(code, 'Its message.', { reason }), 'socket');

test('every kind of failure has a code, and a text of the vendor where there is one', () => {
  const told: [ErrorCode, ErrorReason, number, string][] = [
    ['invalid_argument', 'field_too_long', 400, 'Its message.'],
    ['failed_precondition', 'user_initial', 403, 'Its message.'],
    ['failed_precondition', 'last_owner', 403, 'Its message.'],
    ['not_found', 'user_not_found', 404, 'Its message.'],
    ['already_exists', 'id_taken', 409, 'Its message.'],
    ['already_exists', 'username_taken', 403, 'User with such login already exists. Please, select another one'],
    ['permission_denied', 'not_permitted', 403, 'Access is denied'],
    ['permission_denied', 'outranked', 403, 'Its message.'],
    ['unauthenticated', 'user_locked', 401, 'Unauthorized'],
    ['unauthenticated', 'token_expired', 401, 'Token expired'],
    ['aborted', 'version_mismatch', 412, 'Its message.'],
    ['resource_exhausted', 'too_many_attempts', 429, 'Its message.'],
    ['aborted', 'too_contended', 409, 'Its message.'],
    ['invalid_argument', 'idempotency_key_reused', 422, 'Its message.'],
    ['invalid_argument', 'body_malformed', 400, 'Invalid request parameters'],
    ['invalid_argument', 'body_too_large', 413, 'Its message.'],
    ['invalid_argument', 'media_type_unsupported', 415, 'Its message.'],
    ['unimplemented', 'method_not_allowed', 405, 'Its message.'],
    ['unavailable', 'queue_full', 503, 'Its message.'],
    ['deadline_exceeded', 'store_unavailable', 504, 'Its message.'],
    ['unimplemented', 'not_built', 501, 'Its message.'],
    ['internal', 'not_built', 500, 'Internal server error'],
  ];
  for (const [code, reason, status, text] of told) {
    assert.deepEqual(rendered(code, reason), { code: status, error: text }, `${code} ${reason}`);
  }
});

test('a bug is nothing that callers are told of', () => {
  assert.equal(render(new TypeError('a secret'), 'rest'), undefined);
  assert.equal(render('a secret', 'socket'), undefined);
});

test('a refusal may be told otherwise over REST, and says when to try again', () => {
  const refusal = new Refusal(404, 'text', { status: 403, text: 'another text' });
  assert.deepEqual(render(refusal, 'socket'), { code: 404, error: 'text' });
  assert.deepEqual(render(refusal, 'rest'), { code: 404, status: 403, error: 'another text' });
  const details = { reason: 'too_many_attempts', facts: { retryAfterSeconds: 7 } } as const;
  const limited = new DirectoryError('resource_exhausted', 'text', details);
  assert.deepEqual(render(limited, 'rest'), { code: 429, error: 'text', retryAfterSeconds: 7 });
});

test('other words are for their reasons alone', async () => {
  const words = { user_locked: new Refusal(401, 'other words') };
  const failing = (reason: ErrorReason) =>
    wording(Promise.reject(new DirectoryError('internal', 'x', { reason })), words);
  await assert.rejects(failing('user_locked'), { name: 'Refusal', code: 401, message: 'other words' });
  await assert.rejects(failing('user_disabled'), { name: 'DirectoryError' });
  await assert.rejects(wording(Promise.reject(new TypeError('a bug')), words), TypeError);
  assert.equal(await wording(Promise.resolve(5), words), 5);
});
