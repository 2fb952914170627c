import { DirectoryError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { type RenderedError, renderError } from '#dialects/accela/errors.ts';
import { OAuthRefusal, refusalBody } from '#transport/oauth.ts';

/** What a failure of this status is called where the API's own codes are not spoken. */
const byStatus: Readonly<Record<number, string>> = {
  401: 'invalid_client',
  429: 'too_many_requests',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

/**
 * An error of the token endpoint, in the shape of RFC 6749 and not of the API: `{error, error_description}`, and the
 * status in a header as well. What is neither a refusal nor a DirectoryError is a bug, and tells nothing of itself.
 */
export function renderRefusal(error: unknown): RenderedError {
  if (error instanceof OAuthRefusal) return rendered(error.status, error.error, error.message, {});
  const { status: usual, headers, body } = renderError(error, '');
  const wrongClient = error instanceof DirectoryError && error.reason === 'client_invalid';
  const status = wrongClient ? 400 : usual;
  const { 'x-accela-resp-code': _code, 'x-accela-resp-message': _message, ...others } = headers;
  return rendered(status, byStatus[usual] ?? 'invalid_request', String(body['message']), others);
}

function rendered(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>>,
): RenderedError {
  const body: JsonObject = refusalBody(error, description);
  return { status, headers: { ...headers, 'x-accela-original-httpstatus': String(status) }, body };
}
