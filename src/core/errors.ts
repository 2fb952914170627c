/** What kind of failure it is, in gRPC's words; each dialect maps every one of them to its vendor's status. */
export type ErrorCode =
  | 'invalid_argument'
  | 'failed_precondition'
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'unauthenticated'
  | 'aborted'
  | 'resource_exhausted'
  | 'unavailable'
  | 'deadline_exceeded'
  | 'unimplemented'
  | 'internal';

/** Why exactly: closed, so that a dialect can give its vendor's own id or text to each. */
export type ErrorReason =
  // what was sent
  | 'field_required'
  | 'field_invalid'
  | 'field_too_long'
  | 'field_read_only'
  | 'expiry_past'
  | 'body_malformed'
  | 'media_type_unsupported'
  | 'body_too_large'
  // names and ids
  | 'username_taken'
  | 'id_taken'
  | 'user_not_found'
  | 'realm_not_found'
  | 'client_not_found'
  | 'metadata_not_found'
  | 'token_not_found'
  | 'key_not_found'
  | 'route_not_found'
  | 'method_not_allowed'
  // rights
  | 'token_missing'
  | 'token_invalid'
  | 'token_expired'
  | 'client_invalid'
  | 'not_permitted'
  | 'outranked'
  | 'last_owner'
  // states
  | 'user_initial'
  | 'user_has_password'
  | 'user_locked'
  | 'user_locked_meanwhile'
  | 'user_disabled'
  | 'user_not_locked'
  | 'user_not_lockable'
  | 'user_already_disabled'
  | 'user_not_disabled'
  | 'metadata_full'
  | 'user_not_machine'
  | 'client_secret_not_set'
  // passwords
  | 'password_wrong'
  | 'password_not_set'
  | 'password_unchanged'
  | 'password_too_short'
  | 'password_too_long'
  | 'password_needs_lower'
  | 'password_needs_upper'
  | 'password_needs_digit'
  | 'password_needs_symbol'
  | 'password_check_timed_out'
  | 'hash_unsupported'
  | 'hash_out_of_bounds'
  | 'hash_malformed'
  // codes
  | 'code_not_requested'
  | 'code_wrong'
  | 'code_expired'
  | 'email_missing'
  | 'phone_missing'
  // authenticator apps
  | 'totp_already_set'
  | 'totp_not_set'
  // running
  | 'version_mismatch'
  | 'idempotency_key_reused'
  | 'too_many_attempts'
  | 'queue_full'
  | 'too_contended'
  | 'store_unavailable'
  | 'store_full'
  | 'search_timed_out'
  | 'shutting_down'
  | 'not_built';

export interface ErrorDetails {
  readonly reason: ErrorReason;
  /** The field that is wrong, as a canonical path (`email.address`) or a dialect's own member name. */
  readonly field?: string;
  /**
   * Facts that a dialect may show, such as `failedAttempts`; never a secret. A refusal with `tellAfterMs` is told that
   * much later.
   */
  readonly facts?: Readonly<Record<string, string | number>>;
  readonly cause?: unknown;
}

/**
 * Every failure that a caller may be told of. The message says what was wrong, with which field, and what would be
 * right; the cause never leaves the process.
 */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly code: ErrorCode;
  readonly reason: ErrorReason;
  readonly field: string | undefined;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, { cause: details.cause });
    this.code = code;
    this.reason = details.reason;
    this.field = details.field;
    this.facts = details.facts ?? {};
  }
}

/** A DirectoryError as plain data, which crosses threads. Its cause stays behind. */
export type PlainError = Pick<DirectoryError, 'code' | 'message' | 'reason' | 'field' | 'facts'>;

export function plainOf({ code, message, reason, field, facts }: DirectoryError): PlainError {
  return { code, message, reason, field, facts };
}

export function errorFrom({ code, message, reason, field, facts }: PlainError, cause?: unknown): DirectoryError {
  return new DirectoryError(code, message, { reason, facts, cause, ...(field === undefined ? {} : { field }) });
}

/** The commonest error: one field of the input is wrong. */
export function invalidField(field: string, message: string, reason: ErrorReason = 'field_invalid'): DirectoryError {
  return new DirectoryError('invalid_argument', message, { reason, field });
}
