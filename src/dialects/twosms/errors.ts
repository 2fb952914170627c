import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';
import type { MemberName } from './model.ts';
import { type HttpError, keyOf, Refused } from './model-state.ts';

/** How a refusal is told: as the framework's own error, or in the vendor's envelope. */
export type Refusal = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
} & (
  | { readonly httpError: HttpError }
  /** A business rule: ErrorCode and ErrorReason. */
  | { readonly business: { readonly code: string; readonly reason: string } }
);

export const deniedText = 'Authorization has been denied for this request.';
export const internalText = 'An error has occurred.';

type Render = (error: DirectoryError) => Refusal;

const business =
  (status: number): Render =>
  ({ reason, message, facts: { retryAfterSeconds } }) => ({
    status,
    ...(retryAfterSeconds === undefined ? {} : { headers: { 'Retry-After': String(retryAfterSeconds) } }),
    business: { code: reason.toUpperCase(), reason: message },
  });
const plain =
  (status: number, headers: Readonly<Record<string, string>> = {}): Render =>
  ({ message }) => ({ status, headers, httpError: { Message: message } });
const internal: Refusal = { status: 500, httpError: { Message: internalText } };

/** One answer per code. No permission is 401 as well: the vendor documents that status and no 403. */
const renderers: Readonly<Record<ErrorCode, Render>> = {
  invalid_argument: invalid,
  failed_precondition: business(400),
  not_found: business(404),
  already_exists: business(400),
  permission_denied: denied,
  unauthenticated: denied,
  aborted: business(412),
  resource_exhausted: business(429),
  unavailable: plain(503, { 'Retry-After': '1' }),
  deadline_exceeded: plain(504),
  unimplemented: plain(501),
  internal: () => internal,
};

/** Reasons that are told otherwise than the others of their code. */
const exceptions: Partial<Readonly<Record<ErrorReason, Render>>> = {
  // The caller's token is good: what is wrong is UserPassword, which is a value of the body.
  password_wrong: () => ({
    status: 400,
    business: { code: 'PASSWORD_WRONG', reason: "UserPassword is not the caller's own password." },
  }),
  idempotency_key_reused: business(422),
  body_too_large: plain(413),
  media_type_unsupported: plain(415),
};

/** What a failure looks like on this wire; undefined for one that is no refusal but a bug. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refused) return { status: error.status, headers: error.headers, httpError: error.error };
  if (!(error instanceof DirectoryError)) return undefined;
  return (exceptions[error.reason] ?? renderers[error.code])(error);
}

/** What the caller is told of a bug: that there is one. */
export function internalError(): Refusal {
  return internal;
}

/** The members behind the directory's own names of fields. */
const memberOf: Readonly<Record<string, MemberName>> = {
  username: 'Username',
  'loginNames.twosms': 'Username',
  'profile.displayName': 'DisplayName',
  'profile.language': 'LanguageID',
  'profile.timeZone': 'TimeZone',
  'email.address': 'EmailAddress',
  'phone.number': 'MobilePhone',
  'phone.entered': 'MobilePhone',
  password: 'Password',
  pin: 'Pin',
  administers: 'AdminUser',
  disabledAt: 'Enabled',
  'extensions.twosms.preferences': 'Preferences',
  'extensions.twosms.ssoEnabled': 'SSOEnabled',
};

/** A value that the directory refuses is told as the framework tells of one that it refuses itself. */
function invalid({ field = '', message }: DirectoryError): Refusal {
  const member = Object.hasOwn(memberOf, field) ? memberOf[field] : undefined;
  const key = member === undefined ? 'user' : keyOf(member);
  return { status: 400, httpError: { Message: 'The request is invalid.', ModelState: { [key]: [message] } } };
}

function denied({ field = '' }: DirectoryError): Refusal {
  const member = Object.hasOwn(memberOf, field) ? memberOf[field] : undefined;
  const detail = member === undefined ? {} : { MessageDetail: `You have no permission to change ${member}.` };
  return { status: 401, headers: { 'WWW-Authenticate': 'Bearer' }, httpError: { Message: deniedText, ...detail } };
}
