import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';

interface Rendering {
  readonly status: number;
  readonly code: string;
  /** Instead of the field that is wrong. */
  readonly more?: string;
}

/** An error as it goes over the wire. */
export interface RenderedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

const byCode: Readonly<Record<ErrorCode, Rendering>> = {
  invalid_argument: { status: 400, code: 'data_validation_error' },
  failed_precondition: { status: 400, code: 'data_validation_error' },
  already_exists: { status: 400, code: 'data_validation_error' },
  not_found: { status: 404, code: 'resource_not_found' },
  permission_denied: { status: 403, code: 'forbidden' },
  unauthenticated: { status: 401, code: 'unauthorized' },
  aborted: { status: 412, code: 'precondition_failed' },
  resource_exhausted: { status: 429, code: 'too_many_requests' },
  unavailable: { status: 503, code: 'connection_failure' },
  deadline_exceeded: { status: 503, code: 'connection_failure' },
  unimplemented: { status: 501, code: 'not_implemented' },
  internal: { status: 500, code: 'internal_server_error' },
};

const byReason: { readonly [reason in `${ErrorCode} ${ErrorReason}`]?: Rendering } = {
  'unauthenticated token_missing': { status: 401, code: 'no_token', more: 'Token required.' },
  'unauthenticated token_invalid': { status: 401, code: 'invalid_token' },
  'unauthenticated token_expired': { status: 401, code: 'token_expired' },
  'invalid_argument token_missing': {
    status: 400,
    code: 'bad_request',
    more: 'Set the header x-accela-appid, or Authorization.',
  },
  'invalid_argument body_malformed': { status: 400, code: 'bad_request' },
  'invalid_argument media_type_unsupported': { status: 415, code: 'bad_request' },
  'invalid_argument body_too_large': { status: 413, code: 'bad_request' },
  'invalid_argument idempotency_key_reused': { status: 422, code: 'data_validation_error' },
  'not_found route_not_found': { status: 404, code: 'api_not_found' },
  'unimplemented method_not_allowed': { status: 405, code: 'api_not_found' },
};

/** What the vendor calls our fields. */
const members: readonly (readonly [RegExp, string])[] = [
  [/\bemail\.(address|verifiedAt)\b/g, 'email'],
  [/\busername\b|\bloginNames\.accela\b/g, 'loginName'],
  [/\bphone\.(number|entered|verifiedAt)\b/g, 'mobilePhone'],
  [/\bsecurityQuestions\b/g, 'questions'],
  [/\bacceptsTextMessages\b/g, 'receiveSMS'],
  [/\bregisteredAt\b/g, 'registerDate'],
  [/\bextensions\.accela\.role\b/g, 'role'],
];

/**
 * The vendor's error: `{status, code, message, more, traceId}`, code and message in headers as well. What is no
 * DirectoryError is a bug, and tells nothing of itself. `renamed` is what the operation calls members that go by
 * another name elsewhere.
 */
export function renderError(
  error: unknown,
  traceId: string,
  renamed: Readonly<Record<string, string>> = {},
): RenderedError {
  const known = error instanceof DirectoryError && error.code !== 'internal' ? error : undefined;
  const { status, code, more } = known ? renderingOf(known) : byCode.internal;
  const message = known ? inVendorWords(known.message, renamed) : 'The server has failed on this request.';
  const field = known?.field === undefined ? null : inVendorWords(known.field, renamed);
  return {
    status,
    headers: {
      'x-accela-resp-code': code,
      'x-accela-resp-message': asHeader(message),
      ...waitingHeaders(status, known?.facts),
    },
    body: { status, code, message, more: more ?? field, traceId },
  };
}

/** When to come back; of a limit that is reached also which it is, in the vendor's headers. */
function waitingHeaders(status: number, facts: DirectoryError['facts'] = {}): Readonly<Record<string, string>> {
  if (status !== 429 && status !== 503) return {};
  const seconds = String(facts['retryAfterSeconds'] ?? 1);
  if (facts['limit'] === undefined) return { 'retry-after': seconds };
  const limit = String(facts['limit']);
  return {
    'retry-after': seconds,
    'x-ratelimit-limit': limit,
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': seconds,
  };
}

function renderingOf({ code, reason }: DirectoryError): Rendering {
  return byReason[`${code} ${reason}`] ?? byCode[code];
}

function inVendorWords(text: string, renamed: Readonly<Record<string, string>>): string {
  return members.reduce((words, [canonical, member]) => words.replace(canonical, renamed[member] ?? member), text);
}

/** A header holds visible ASCII on one line. */
function asHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
