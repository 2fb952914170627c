import { parseBasic } from '#transport/basic.ts';
import {
  type ClientCredentials,
  clientCredentials,
  invalidRequest,
  readTokenParameters,
  type TokenParameters,
} from '#transport/oauth.ts';

/** A request for tokens, as far as it names them. */
export interface TokenRequest {
  readonly grant: string | undefined;
  readonly client: ClientCredentials | undefined;
  readonly refreshToken: string | undefined;
}

/**
 * Reads the form, whatever media type it is sent as, with names in any case as the vendor's framework does. The client
 * is named in it or in a Basic header; not in both. Throws an OAuthRefusal `invalid_request`.
 */
export function readTokenRequest(body: Buffer | undefined, authorization: string | undefined): TokenRequest {
  const form = readParameters(body ?? Buffer.of());
  return {
    grant: form.get('grant_type'),
    client: clientCredentials(form, parseBasic(authorization)),
    refreshToken: form.get('refresh_token'),
  };
}

/** What is empty counts as left out, and nothing may be given twice, in whatever case. */
function readParameters(body: Buffer): TokenParameters {
  const sent = readTokenParameters(body, 'application/x-www-form-urlencoded');
  const parameters = new Map([...sent].map(([name, value]) => [name.toLowerCase(), value]));
  if (parameters.size < sent.size) throw invalidRequest('No parameter may be sent twice.');
  return parameters;
}
