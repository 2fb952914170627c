import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';
import { internalError, refusal, renderError } from './errors.ts';

const error = (code: ErrorCode, reason: ErrorReason, facts = {}) =>
  new DirectoryError(code, 'Text.', { reason, facts });

test('every code has its number and its status', () => {
  const expected: Record<ErrorCode, [number, number]> = {
    invalid_argument: [3, 400],
    failed_precondition: [9, 400],
    not_found: [5, 404],
    already_exists: [6, 409],
    permission_denied: [7, 403],
    unauthenticated: [16, 401],
    aborted: [10, 409],
    resource_exhausted: [8, 429],
    unavailable: [14, 503],
    deadline_exceeded: [4, 504],
    unimplemented: [12, 501],
    internal: [13, 500],
  };
  for (const [code, [number, status]] of Object.entries(expected) as [ErrorCode, [number, number]][]) {
    const reason = code === 'unauthenticated' ? 'token_missing' : 'not_built';
    const rendered = renderError(error(code, reason), undefined);
    assert.deepEqual([rendered.body.code, rendered.status], [number, status], code);
  }
});

test('reasons that HTTP has a status for get it', () => {
  const statuses = (
    ['method_not_allowed', 'media_type_unsupported', 'body_too_large', 'version_mismatch'] as const
  ).map((reason) => renderError(error('invalid_argument', reason), undefined).status);
  assert.deepEqual(statuses, [405, 415, 413, 412]);
  assert.equal(renderError(error('invalid_argument', 'idempotency_key_reused'), undefined).status, 422);
});

test('an id brings its code, its text and an ErrorDetail with it', () => {
  assert.deepEqual(renderError(error('invalid_argument', 'username_taken'), 'updateHumanUser'), {
    status: 409,
    body: {
      code: 6,
      message: 'User already exists (V3-DKcYh)',
      details: [
        { '@type': 'type.googleapis.com/zitadel.v1.ErrorDetail', id: 'V3-DKcYh', message: 'User already exists' },
      ],
    },
  });
});

test('the same reason has another id in another operation', () => {
  const missing = error('not_found', 'user_not_found');
  const messageIn = (rpc: Parameters<typeof renderError>[1]) => renderError(missing, rpc).body.message;
  assert.equal(messageIn('updateHumanUser'), 'User could not be found (COMMAND-ugjs0upun6)');
  assert.equal(messageIn('getUserByID'), 'User could not be found (QUERY-Dfbg2)');
  assert.equal(messageIn('lockUser'), 'User could not be found (COMMAND-450yxuqrh1)');
  const short = error('invalid_argument', 'password_too_short');
  assert.match(renderError(short, 'addHumanUser').body.message, /COMMA-HuJf6/);
  assert.match(renderError(short, 'updateHumanUser').body.message, /DOMAIN-HuJf6/);
});

test('a user who is locked while its password is checked has an id of its own', () => {
  const locked = error('failed_precondition', 'user_locked_meanwhile');
  assert.equal(renderError(locked, 'setPassword').body.message, 'User is locked (COMMAND-SFA3t)');
});

test('two refusals of one id differ in code and text alone', () => {
  const [user, phone] = (['COMMAND-ieJ2e', 'COMMAND-ieJ2e#phone'] as const).map(
    (id) => renderError(refusal(id), 'removePhone').body,
  );
  assert.deepEqual([user?.code, phone?.code], [5, 9]);
  assert.equal(phone?.message, 'Phone not found (COMMAND-ieJ2e)');
  assert.equal(phone?.details?.[0]?.id, 'COMMAND-ieJ2e');
});

test('a wrong password tells how often it was wrong', () => {
  const { details } = renderError(error('invalid_argument', 'password_wrong', { failedAttempts: 2 }), undefined).body;
  assert.deepEqual(details, [
    {
      '@type': 'type.googleapis.com/zitadel.v1.CredentialsCheckError',
      id: 'COMMAND-3M0fs',
      message: 'Password is invalid',
      failedAttempts: 2,
    },
  ]);
});

test('a locked caller is one whose token is invalid, a locked user is one who is locked', () => {
  assert.match(renderError(error('unauthenticated', 'user_locked'), 'updateHumanUser').body.message, /AUTH-7fs1e/);
  assert.match(
    renderError(error('failed_precondition', 'user_locked'), 'updateHumanUser').body.message,
    /COMMAND-JLK35/,
  );
  assert.equal(renderError(error('unauthenticated', 'token_missing'), undefined).body.message, 'auth header missing');
});

test('what has no id of the vendor shows the text alone', () => {
  assert.deepEqual(renderError(error('invalid_argument', 'field_invalid'), undefined).body, {
    code: 3,
    message: 'Text.',
  });
  assert.equal(renderError(refusal('DOMAIN-oGh5e'), undefined).status, 400);
});

test('the language is that of the header, and English without one', () => {
  const taken = error('already_exists', 'username_taken');
  const { message, details } = renderError(taken, 'updateHumanUser', 'de-CH, en;q=0.5').body;
  assert.equal(message, 'Der Benutzer existiert bereits (V3-DKcYh)');
  assert.equal(details?.[0]?.['message'], 'Der Benutzer existiert bereits');
  assert.equal(internalError('fr').body.message, 'Une erreur interne est survenue');
  assert.deepEqual(internalError(), { status: 500, body: { code: 13, message: 'An internal error occurred' } });
});
