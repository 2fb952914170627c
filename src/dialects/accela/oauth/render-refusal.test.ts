import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';
import { OAuthRefusal } from '#transport/oauth.ts';
import { renderRefusal } from './render-refusal.ts';

test('a refusal is the standard’s two members, and the status in a header', () => {
  assert.deepEqual(renderRefusal(new OAuthRefusal('invalid_grant', 'Used.')), {
    status: 400,
    headers: { 'x-accela-original-httpstatus': '400' },
    body: { error: 'invalid_grant', error_description: 'Used.' },
  });
});

test('whatever else may happen has the same shape', () => {
  const expected: readonly (readonly [ErrorCode, ErrorReason, number, string])[] = [
    ['unauthenticated', 'client_invalid', 400, 'invalid_client'],
    ['invalid_argument', 'media_type_unsupported', 415, 'invalid_request'],
    ['invalid_argument', 'body_too_large', 413, 'invalid_request'],
    ['unimplemented', 'method_not_allowed', 405, 'invalid_request'],
    ['resource_exhausted', 'queue_full', 429, 'too_many_requests'],
    ['unavailable', 'store_unavailable', 503, 'temporarily_unavailable'],
    ['internal', 'not_built', 500, 'server_error'],
  ];
  for (const [code, reason, status, error] of expected) {
    const rendered = renderRefusal(new DirectoryError(code, 'Its message.', { reason }));
    assert.deepEqual([rendered.status, rendered.body['error']], [status, error], `${code} ${reason}`);
    assert.deepEqual(Object.keys(rendered.body), ['error', 'error_description']);
    assert.equal(rendered.headers['x-accela-original-httpstatus'], String(status));
    assert.equal(rendered.headers['x-accela-resp-code'], undefined);
  }
});

test('what nobody has foreseen tells nothing of itself', () => {
  const { status, body } = renderRefusal(new TypeError('secret stack'));
  assert.deepEqual([status, body['error']], [500, 'server_error']);
  assert.doesNotMatch(JSON.stringify(body), /secret/);
});
