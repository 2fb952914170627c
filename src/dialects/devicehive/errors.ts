import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';
import type { Transport } from './call.ts';

/** What a caller is told. */
export interface Told {
  /** Stands in the body of both wires; over REST also the status, unless that is another. */
  readonly code: number;
  readonly status?: number;
  readonly error: string;
  /** When it is worth trying again. */
  readonly retryAfterSeconds?: number;
}

/** How REST tells a refusal, where it differs. */
interface OverRest {
  readonly status?: number;
  readonly text?: string;
}

/** A refusal in the vendor's own words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;
  readonly overRest: OverRest;

  constructor(code: number, text: string, overRest: OverRest = {}) {
    super(text);
    this.code = code;
    this.overRest = overRest;
  }
}

/** No text: the directory's own message is shown. */
interface Rendering {
  readonly code: number;
  readonly text?: string;
}

const byCode: Readonly<Record<ErrorCode, Rendering>> = {
  invalid_argument: { code: 400 },
  failed_precondition: { code: 403 },
  not_found: { code: 404 },
  already_exists: { code: 409 },
  permission_denied: { code: 403, text: 'Access is denied' },
  unauthenticated: { code: 401, text: 'Unauthorized' },
  aborted: { code: 409 },
  resource_exhausted: { code: 429 },
  unavailable: { code: 503 },
  deadline_exceeded: { code: 504 },
  unimplemented: { code: 501 },
  internal: { code: 500, text: 'Internal server error' },
};

const byReason: Partial<Readonly<Record<ErrorReason, Rendering>>> = {
  username_taken: { code: 403, text: 'User with such login already exists. Please, select another one' },
  token_expired: { code: 401, text: 'Token expired' },
  last_owner: { code: 403 },
  outranked: { code: 403 },
  body_malformed: { code: 400, text: 'Invalid request parameters' },
  media_type_unsupported: { code: 415 },
  body_too_large: { code: 413 },
  method_not_allowed: { code: 405 },
  version_mismatch: { code: 412 },
  idempotency_key_reused: { code: 422 },
};

/** What a caller is told of an error; undefined when it is a bug, of which callers are told nothing. */
export function render(error: unknown, transport: Transport): Told | undefined {
  if (error instanceof Refusal) {
    const { status, text = error.message } = transport === 'rest' ? error.overRest : {};
    return { code: error.code, error: text, ...(status === undefined ? {} : { status }) };
  }
  if (!(error instanceof DirectoryError)) return undefined;
  const { code, text = error.message } = byReason[error.reason] ?? byCode[error.code];
  const { retryAfterSeconds } = error.facts;
  return { code, error: text, ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}) };
}

/** What a caller is told of a bug. */
export const internalError: Told = { code: 500, error: 'Internal server error' };

/** The same work, with other words for some of the reasons for which it may be refused. */
export async function wording<Result>(
  work: Promise<Result>,
  words: Partial<Record<ErrorReason, Refusal>>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw (error instanceof DirectoryError && words[error.reason]) || error;
  }
}

export const refusals = {
  malformed: () => new Refusal(400, 'Malformed Json received.', { text: 'Invalid request parameters' }),
  invalidParameters: () => new Refusal(400, 'Invalid request parameters'),
  userRequired: () => new Refusal(400, 'User is required', { text: 'Error! Validation failed: Object is null' }),
  userIdRequired: () => new Refusal(400, 'User id is wrong or empty'),
  dataNoObject: () => new Refusal(400, "'parameters' must be JSON Object!"),
  unauthorized: () => new Refusal(401, 'Unauthorized'),
  invalidCredentials: () => new Refusal(401, 'Invalid credentials'),
  accessDenied: () => new Refusal(403, 'Access is denied'),
  administratorsOnly: () => new Refusal(403, 'Admin permissions required for this action'),
  userNotFound: (id: number) => new Refusal(404, `User with id = ${id} not found`),
  /** Of one that the caller may not see. Over REST the status tells of the right, and the body of the user. */
  userHidden: (id: number) => new Refusal(404, `User with id = ${id} not found`, { status: 403 }),
  noCurrentUser: () => new Refusal(409, 'Can not get current user.'),
  notBuilt: (action: string) => new Refusal(501, `Muster does not have ${action} yet.`),
};
