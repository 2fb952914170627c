import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';

/** What a caller is told: the vendor's envelope has these two. */
export interface Told {
  readonly code: number;
  readonly error: string;
}

/** A refusal in the vendor's own words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
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
};

/** What a caller is told of an error; undefined when it is a bug, of which callers are told nothing. */
export function render(error: unknown): Told | undefined {
  if (error instanceof Refusal) return { code: error.code, error: error.message };
  if (!(error instanceof DirectoryError)) return undefined;
  const { code, text = error.message } = byReason[error.reason] ?? byCode[error.code];
  return { code, error: text };
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
  malformed: () => new Refusal(400, 'Malformed Json received.'),
  userRequired: () => new Refusal(400, 'User is required'),
  userIdRequired: () => new Refusal(400, 'User id is wrong or empty'),
  dataNoObject: () => new Refusal(400, "'parameters' must be JSON Object!"),
  unauthorized: () => new Refusal(401, 'Unauthorized'),
  invalidCredentials: () => new Refusal(401, 'Invalid credentials'),
  accessDenied: () => new Refusal(403, 'Access is denied'),
  administratorsOnly: () => new Refusal(403, 'Admin permissions required for this action'),
  userNotFound: (id: number) => new Refusal(404, `User with id = ${id} not found`),
  noCurrentUser: () => new Refusal(409, 'Can not get current user.'),
  notBuilt: (action: string) => new Refusal(501, `Muster does not have ${action} yet.`),
};
