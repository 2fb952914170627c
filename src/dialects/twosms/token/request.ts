import { isUtf8 } from 'node:buffer';
import { parseBasic } from '#transport/basic.ts';
import { parseForm } from '#transport/form.ts';
import { OAuthError } from './errors.ts';

/** A request for tokens, as far as it names them. */
export interface TokenRequest {
  readonly grant: string | undefined;
  readonly client: { readonly id: string; readonly secret: string } | undefined;
  readonly refreshToken: string | undefined;
}

/**
 * Reads the form, whatever media type it is sent as, with names in any case as the vendor's framework does. The client
 * is named in it or in a Basic header; not in both. Throws `OAuthError` invalid_request.
 */
export function readTokenRequest(body: Buffer | undefined, authorization: string | undefined): TokenRequest {
  const form = readParameters(body ?? Buffer.of());
  return {
    grant: form.get('grant_type'),
    client: clientIn(form, authorization),
    refreshToken: form.get('refresh_token'),
  };
}

type Parameters = ReadonlyMap<string, string>;

/** What is empty counts as left out, and nothing may be given twice (RFC 6749, 3.2). */
function readParameters(body: Buffer): Parameters {
  const form = isUtf8(body) ? parseForm(body.toString()) : undefined;
  if (form === undefined) throw new OAuthError('invalid_request', 'The form is not valid UTF-8.');
  const parameters = new Map<string, string>();
  for (const [key, value] of form) {
    const name = key.toLowerCase();
    if (parameters.has(name)) throw new OAuthError('invalid_request', 'A parameter is given twice.');
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

function clientIn(form: Parameters, authorization: string | undefined): TokenRequest['client'] {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  const basic = parseBasic(authorization);
  if (basic === undefined) return id === undefined || secret === undefined ? undefined : { id, secret };
  if (secret !== undefined || (id !== undefined && id !== basic.name)) {
    throw new OAuthError('invalid_request', 'Name the client in the form or in a Basic header, not in both.');
  }
  return { id: basic.name, secret: basic.password };
}
