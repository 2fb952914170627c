import { DirectoryError } from '#core/errors.ts';
import { Refused } from '#dialects/twosms/model-state.ts';

/** RFC 6749, 5.2 and (for a server that cannot answer) 4.1.2.1. */
export type OAuthCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable'
  | 'server_error';

/** A request for tokens that is refused; 400, as the vendor's framework has it for all of them. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthCode;

  constructor(code: OAuthCode, description: string) {
    super(description);
    this.code = code;
  }
}

export interface OAuthRefusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly error: OAuthCode;
  readonly description: string;
}

/** What a failure looks like at /Token; undefined for a bug. */
export function oauthRefusalOf(error: unknown): OAuthRefusal | undefined {
  if (error instanceof OAuthError) return { status: 400, error: error.code, description: error.message };
  if (error instanceof Refused) {
    return { status: error.status, headers: error.headers, error: 'invalid_request', description: error.message };
  }
  if (!(error instanceof DirectoryError)) return undefined;
  const { code, reason, message: description, facts } = error;
  switch (code) {
    case 'invalid_argument':
      return { status: reason === 'body_too_large' ? 413 : 400, error: 'invalid_request', description };
    case 'unauthenticated':
      return { status: 400, error: reason === 'client_invalid' ? 'invalid_client' : 'invalid_grant', description };
    case 'resource_exhausted':
    case 'unavailable': {
      const headers = { 'Retry-After': String(facts['retryAfterSeconds'] ?? 1) };
      return { status: code === 'unavailable' ? 503 : 429, headers, error: 'temporarily_unavailable', description };
    }
    default:
      return undefined;
  }
}
