import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';
import { type ErrorId, errorIds } from './error-ids.ts';
import type { Rpc } from './http-rules.ts';
import { internalText } from './texts/texts.ts';
import { translate } from './texts/translate.ts';

/** The body of an error answer: google.rpc.Status as JSON. */
export interface StatusBody {
  readonly code: number;
  readonly message: string;
  readonly details?: readonly Readonly<Record<string, string | number>>[];
}

/** gRPC's number of each code, and the HTTP status that the vendor's gateway gives it. */
const statuses: Readonly<Record<ErrorCode, readonly [code: number, status: number]>> = {
  aborted: [10, 409],
  already_exists: [6, 409],
  deadline_exceeded: [4, 504],
  failed_precondition: [9, 400],
  internal: [13, 500],
  invalid_argument: [3, 400],
  not_found: [5, 404],
  permission_denied: [7, 403],
  resource_exhausted: [8, 429],
  unauthenticated: [16, 401],
  unavailable: [14, 503],
  unimplemented: [12, 501],
};

/** Where HTTP says it more exactly than the code. */
const statusesOfReasons: Partial<Record<ErrorReason, number>> = {
  body_too_large: 413,
  idempotency_key_reused: 422,
  media_type_unsupported: 415,
  method_not_allowed: 405,
  version_mismatch: 412,
};

type Ids = Partial<Record<ErrorReason, ErrorId>>;

const ids: Ids = {
  code_expired: 'CODE-QvUQ4P',
  code_not_requested: 'CRYPT-aqrFV',
  code_wrong: 'CODE-woT0xc',
  hash_malformed: 'CRYPT-r8Qm2',
  hash_out_of_bounds: 'CRYPT-5uV9n',
  hash_unsupported: 'CRYPT-2xK7d',
  id_taken: 'COMMAND-7yiox1isql',
  not_permitted: 'AUTH-5mWD2',
  outranked: 'AUTH-5mWD2',
  password_needs_digit: 'DOMAIN-ZBv4H',
  password_needs_lower: 'DOMAIN-co3Xw',
  password_needs_symbol: 'DOMAIN-ZDLwA',
  password_needs_upper: 'DOMAIN-VoaRj',
  password_not_set: 'COMMAND-3nJ4t',
  password_too_short: 'DOMAIN-HuJf6',
  password_unchanged: 'COMMAND-Aesh5',
  password_wrong: 'COMMAND-3M0fs',
  token_expired: 'AUTH-7fs1e',
  token_invalid: 'AUTH-7fs1e',
  user_initial: 'COMMAND-M9dse',
  user_locked: 'COMMAND-JLK35',
  user_locked_meanwhile: 'COMMAND-SFA3t',
  username_taken: 'V3-DKcYh',
};

const codeIds: Ids = {
  code_expired: 'COMMAND-eis9R',
  code_not_requested: 'COMMAND-eis9R',
  code_wrong: 'COMMAND-eis9R',
};

const creationIds: Ids = {
  password_needs_digit: 'COMMA-ZBv4H',
  password_needs_lower: 'COMMA-co3Xw',
  password_needs_symbol: 'COMMA-ZDLwA',
  password_needs_upper: 'COMMA-VoaRj',
  password_too_short: 'COMMA-HuJf6',
  realm_not_found: 'COMMA-095xh8fll1',
};

const contactIds: Ids = { user_initial: 'COMMAND-uz0Uu', user_not_found: 'COMMAND-ieJ2e' };

const goneIds: Ids = { user_not_found: 'COMMAND-4m77G', user_not_machine: 'COMMAND-4m77G' };

const idsOfRpcs: Partial<Record<Rpc, Ids>> = {
  addKey: { expiry_past: 'DOMAIN-dv3t5', user_not_found: 'COMMAND-bnipwm1', user_not_machine: 'COMMAND-bnipwm1' },
  addPersonalAccessToken: {
    expiry_past: 'DOMAIN-dv3t5',
    user_not_found: 'COMMAND-Dggw2',
    user_not_machine: 'COMMAND-Df2f1',
  },
  addSecret: { user_not_found: 'COMMAND-x8910n', user_not_machine: 'COMMAND-x8910n' },
  addHumanUser: creationIds,
  createInviteCode: { user_has_password: 'COMMAND-EF34g', user_not_found: 'COMMAND-Wgvn4' },
  createUser: creationIds,
  deactivateUser: {
    user_already_disabled: 'COMMAND-5gunjw0cd7',
    user_initial: 'COMMAND-gvx4kct9r2',
    user_not_found: 'COMMAND-5gp2p62iin',
  },
  deleteUser: { user_not_found: 'COMMAND-bd4ir1mblj' },
  deleteUserMetadata: { metadata_not_found: 'META-2nnds', user_not_found: 'COMMAND-uXHNj' },
  getUserByID: { user_not_found: 'QUERY-Dfbg2' },
  humanMFAInitSkipped: { user_not_found: 'COMMAND-auj6jeBei4' },
  listAuthenticationFactors: { user_not_found: 'QUERY-Dfbg2' },
  listAuthenticationMethodTypes: { user_not_found: 'QUERY-Dfbg2' },
  listUserMetadata: { user_not_found: 'QUERY-Dfbg2' },
  lockUser: { user_not_found: 'COMMAND-450yxuqrh1', user_not_lockable: 'COMMAND-lgws8wtsqf' },
  passwordReset: { user_initial: 'COMMAND-Sfe4g', user_not_found: 'COMMAND-SAF4f' },
  reactivateUser: { user_not_disabled: 'COMMAND-s5qqcz97hf', user_not_found: 'COMMAND-9hy5kzbuk6' },
  removeKey: { ...goneIds, key_not_found: 'COMMAND-4m77G' },
  removePersonalAccessToken: { ...goneIds, token_not_found: 'COMMAND-4m77G' },
  removeSecret: {
    client_secret_not_set: 'COMMAND-coi82n',
    user_not_found: 'COMMAND-x7s802',
    user_not_machine: 'COMMAND-x7s802',
  },
  registerTOTP: { totp_already_set: 'COMMAND-do9se', user_not_found: 'COMMAND-SqyJz' },
  removePhone: contactIds,
  removeTOTP: { totp_not_set: 'COMMAND-Hd9sd', user_not_found: 'COMMAND-Hd9sd' },
  resendEmailCode: { ...contactIds, code_not_requested: 'EMAIL-5w5ilin4yt' },
  resendInviteCode: {
    code_not_requested: 'COMMAND-Wr3gq',
    user_has_password: 'COMMAND-Gg42s',
    user_not_found: 'COMMAND-H3b2a',
  },
  resendPhoneCode: { ...contactIds, code_not_requested: 'PHONE-5xrra88eq8' },
  sendEmailCode: contactIds,
  setEmail: contactIds,
  setPassword: { user_not_found: 'COMMAND-G8dh3' },
  setPhone: contactIds,
  setUserMetadata: { user_not_found: 'COMMAND-uXHNj' },
  unlockUser: { user_not_found: 'COMMAND-x377t913pw', user_not_locked: 'COMMAND-olb9vb0oca' },
  updateHumanUser: { user_not_found: 'COMMAND-ugjs0upun6' },
  updateUser: { user_not_found: 'COMMAND-ugjs0upun6' },
  verifyEmail: { ...codeIds, user_not_found: 'COMMAND-ieJ2e' },
  verifyInviteCode: {
    code_expired: 'COMMAND-Wgn4q',
    code_not_requested: 'COMMAND-Wgn4q',
    code_wrong: 'COMMAND-Wgn4q',
    user_not_found: 'COMMAND-F5g2h',
  },
  verifyPhone: { ...codeIds, user_not_found: 'COMMAND-ieJ2e' },
  verifyTOTPRegistration: {
    code_wrong: 'EVENT-8isk2',
    totp_already_set: 'COMMAND-qx4ls',
    totp_not_set: 'COMMAND-3Mif9s',
    user_not_found: 'COMMAND-3Mif9s',
  },
};

/** What the vendor refuses by an id of its own; `member` is the one in the body that is wrong. */
export function refusal(id: ErrorId, member?: string): DirectoryError {
  const [code, text] = errorIds[id];
  const field = member === undefined ? {} : { field: member };
  return new DirectoryError(code, text, { reason: 'field_invalid', facts: { id }, ...field });
}

/**
 * Shows an error as the vendor's gateway does: what has an id of the vendor's, in the language of the caller's
 * Accept-Language header; the rest in English.
 */
export function renderError(
  error: DirectoryError,
  rpc: Rpc | undefined,
  acceptLanguage?: string,
): { status: number; body: StatusBody } {
  const id = idOf(error, rpc);
  if (id === undefined) {
    const [code, status] = statuses[error.code];
    return { status: statusesOfReasons[error.reason] ?? status, body: { code, message: textOf(error) } };
  }
  const [vendorCode, text] = errorIds[id];
  const message = translate(text, acceptLanguage);
  const [code, status] = statuses[vendorCode];
  const shown = id.replace(/#.*/, '');
  return { status, body: { code, message: `${message} (${shown})`, details: [detailOf(error, shown, message)] } };
}

/** What a caller sees of a fault of the server's own. */
export function internalError(acceptLanguage?: string): { status: number; body: StatusBody } {
  const [code, status] = statuses.internal;
  return { status, body: { code, message: translate(internalText, acceptLanguage) } };
}

function textOf(error: DirectoryError): string {
  return error.reason === 'token_missing' ? 'auth header missing' : error.message;
}

function idOf(error: DirectoryError, rpc: Rpc | undefined): ErrorId | undefined {
  if (typeof error.facts.id === 'string') return error.facts.id as ErrorId;
  // A locked or disabled caller: its token opens nothing, whatever the call.
  if (error.code === 'unauthenticated') return error.reason === 'token_missing' ? undefined : 'AUTH-7fs1e';
  return (rpc && idsOfRpcs[rpc]?.[error.reason]) ?? ids[error.reason];
}

function detailOf({ reason, facts }: DirectoryError, id: string, message: string): Record<string, string | number> {
  const type = reason === 'password_wrong' ? 'CredentialsCheckError' : 'ErrorDetail';
  const attempts = reason === 'password_wrong' && facts.failedAttempts ? { failedAttempts: facts.failedAttempts } : {};
  return { '@type': `type.googleapis.com/zitadel.v1.${type}`, id, message, ...attempts };
}
