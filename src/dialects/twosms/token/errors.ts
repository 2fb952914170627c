import { DirectoryError } from '#core/errors.ts';
import { Refused } from '#dialects/twosms/model-state.ts';
import { OAuthRefusal, refusalOf } from '#transport/oauth.ts';

/** What a failure looks like at /Token, mostly 400 as the vendor's framework has it; undefined for a bug. */
export function oauthRefusalOf(error: unknown): ReturnType<typeof refusalOf> {
  if (error instanceof OAuthRefusal) return { refusal: error };
  if (error instanceof Refused) {
    return { refusal: new OAuthRefusal('invalid_request', error.message, error.status), headers: error.headers };
  }
  return error instanceof DirectoryError ? refusalOf(error) : undefined;
}
