import { DirectoryError } from '#core/errors.ts';
import { Refused } from '#dialects/twosms/model-state.ts';
import { OAuthRefusal } from '#transport/oauth.ts';

/** A refusal with what stands around it. */
interface Refusal {
  readonly refusal: OAuthRefusal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a failure looks like at /Token, mostly 400 as the vendor's framework has it; undefined for a bug. */
export function oauthRefusalOf(error: unknown): Refusal | undefined {
  if (error instanceof OAuthRefusal) return { refusal: error };
  if (error instanceof Refused) {
    return { refusal: new OAuthRefusal('invalid_request', error.message, error.status), headers: error.headers };
  }
  if (!(error instanceof DirectoryError)) return undefined;
  const { code, reason, message, facts } = error;
  switch (code) {
    case 'invalid_argument':
      return { refusal: new OAuthRefusal('invalid_request', message, reason === 'body_too_large' ? 413 : 400) };
    case 'unauthenticated':
      return { refusal: new OAuthRefusal(reason === 'client_invalid' ? 'invalid_client' : 'invalid_grant', message) };
    case 'resource_exhausted':
    case 'unavailable': {
      // RFC 6749 has no word for it here, but one where a person is asked (4.1.2.1).
      const refusal = new OAuthRefusal('temporarily_unavailable', message, code === 'unavailable' ? 503 : 429);
      return { refusal, headers: { 'Retry-After': String(facts['retryAfterSeconds'] ?? 1) } };
    }
    default:
      return undefined;
  }
}
