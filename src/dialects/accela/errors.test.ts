import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError, type ErrorCode, type ErrorReason, invalidField } from '#core/errors.ts';
import { renderError } from './errors.ts';

const traceId = '250612203424938-2de76e31';
const render = (code: ErrorCode, reason: ErrorReason, message = 'Wrong.') =>
  renderError(new DirectoryError(code, message, { reason }), traceId);

test('an error has the vendor’s five members, and headers that repeat code and message', () => {
  const error = invalidField('receiveSMS', 'receiveSMS must be Y or N.');
  assert.deepEqual(renderError(error, traceId), {
    status: 400,
    headers: {
      'x-accela-resp-code': 'data_validation_error',
      'x-accela-resp-message': 'receiveSMS must be Y or N.',
    },
    body: {
      status: 400,
      code: 'data_validation_error',
      message: 'receiveSMS must be Y or N.',
      more: 'receiveSMS',
      traceId,
    },
  });
});

test('each code and reason has the vendor’s status and code', () => {
  const expected: readonly (readonly [ErrorCode, ErrorReason, number, string])[] = [
    ['invalid_argument', 'field_invalid', 400, 'data_validation_error'],
    ['invalid_argument', 'body_malformed', 400, 'bad_request'],
    ['invalid_argument', 'media_type_unsupported', 415, 'bad_request'],
    ['invalid_argument', 'body_too_large', 413, 'bad_request'],
    ['invalid_argument', 'token_missing', 400, 'bad_request'],
    ['failed_precondition', 'code_expired', 400, 'data_validation_error'],
    ['already_exists', 'username_taken', 400, 'data_validation_error'],
    ['not_found', 'user_not_found', 404, 'resource_not_found'],
    ['not_found', 'route_not_found', 404, 'api_not_found'],
    ['permission_denied', 'not_permitted', 403, 'forbidden'],
    ['unauthenticated', 'token_missing', 401, 'no_token'],
    ['unauthenticated', 'token_invalid', 401, 'invalid_token'],
    ['unauthenticated', 'token_expired', 401, 'token_expired'],
    ['unauthenticated', 'user_locked', 401, 'unauthorized'],
    ['aborted', 'version_mismatch', 412, 'precondition_failed'],
    ['resource_exhausted', 'too_many_attempts', 429, 'too_many_requests'],
    ['unavailable', 'queue_full', 503, 'connection_failure'],
    ['deadline_exceeded', 'store_unavailable', 503, 'connection_failure'],
    ['unimplemented', 'not_built', 501, 'not_implemented'],
    ['unimplemented', 'method_not_allowed', 405, 'api_not_found'],
    ['internal', 'not_built', 500, 'internal_server_error'],
  ];
  for (const [code, reason, status, vendorCode] of expected) {
    const { body, headers, status: sent } = render(code, reason);
    assert.deepEqual([sent, body['status'], body['code']], [status, status, vendorCode], `${code} ${reason}`);
    assert.equal(headers['x-accela-resp-code'], vendorCode);
  }
});

test('a busy server says when to come back', () => {
  assert.equal(render('unavailable', 'queue_full').headers['retry-after'], '1');
  assert.equal(render('resource_exhausted', 'too_many_attempts').headers['retry-after'], '1');
  assert.equal(render('not_found', 'user_not_found').headers['retry-after'], undefined);
});

test('a limit that is reached says which, and how long it holds', () => {
  const facts = { retryAfterSeconds: 42, limit: 30 };
  const error = new DirectoryError('resource_exhausted', 'Later.', { reason: 'too_many_attempts', facts });
  const {
    'x-accela-resp-code': _code,
    'x-accela-resp-message': _message,
    ...headers
  } = renderError(error, traceId).headers;
  assert.deepEqual(headers, {
    'retry-after': '42',
    'x-ratelimit-limit': '30',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': '42',
  });
});

test('fields go by the vendor’s names', () => {
  const names: readonly (readonly [string, string])[] = [
    ['email.address', 'email'],
    ['username', 'loginName'],
    ['loginNames.accela', 'loginName'],
    ['phone.entered', 'mobilePhone'],
    ['securityQuestions', 'questions'],
    ['acceptsTextMessages', 'receiveSMS'],
    ['registeredAt', 'registerDate'],
    ['extensions.accela.role', 'role'],
  ];
  for (const [canonical, member] of names) {
    const { body } = renderError(invalidField(canonical, `${canonical} is wrong.`), traceId);
    assert.deepEqual([body['message'], body['more']], [`${member} is wrong.`, member]);
  }
});

test('an operation may have names of its own', () => {
  const error = new DirectoryError('already_exists', 'This username is taken.', {
    reason: 'username_taken',
    field: 'username',
  });
  const { body } = renderError(error, traceId, { loginName: 'userName' });
  assert.deepEqual([body['message'], body['more']], ['This userName is taken.', 'userName']);
});

test('what is no DirectoryError is an internal error that tells nothing', () => {
  const { status, body } = renderError(new TypeError('secret stack'), traceId);
  assert.deepEqual([status, body['code'], body['more']], [500, 'internal_server_error', null]);
  assert.doesNotMatch(JSON.stringify(body), /secret/);
});

test('an internal error never tells its message, and more is null where there is nothing more', () => {
  const { body } = render('internal', 'not_built', 'secret stack');
  assert.doesNotMatch(JSON.stringify(body), /secret/);
  assert.equal(body['more'], null);
});

test('headers stay on one line of ASCII', () => {
  const { headers, body } = render('invalid_argument', 'field_invalid', 'Größe\r\nx-evil: 1');
  assert.equal(headers['x-accela-resp-message'], 'Gr??e??x-evil: 1');
  assert.equal(body['message'], 'Größe\r\nx-evil: 1');
});
