import { isUtf8 } from 'node:buffer';
import type { BasicCredentials } from './basic.ts';
import { parseForm } from './form.ts';
import { type OptionsRequest, runOptions } from './options.ts';

/** A refusal of a token endpoint, as RFC 6749, 5.2 has it; vendors have codes of their own beside its. */
export class OAuthRefusal extends Error {
  override readonly name = 'OAuthRefusal';
  /** `invalid_request`, `invalid_client`, `invalid_grant`, … */
  readonly error: string;
  readonly status: number;

  /** @param description what was wrong and what would be right, in words; it goes to the caller */
  constructor(error: string, description: string, status = 400) {
    super(description);
    this.error = error;
    this.status = status;
  }
}

/** The body of a refusal. RFC 6749 allows the description visible ASCII without quotation marks and backslashes. */
export function refusalBody(error: string, description: string): { error: string; error_description: string } {
  return { error, error_description: description.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?') };
}

/** What went wrong beneath a token endpoint, with a code in gRPC's words. */
export interface Failure {
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** A failure as a refusal, with the headers that belong to it; undefined for one that is nobody's doing but ours. */
export function refusalOf({
  code,
  reason,
  message,
  facts,
}: Failure): { readonly refusal: OAuthRefusal; readonly headers?: Readonly<Record<string, string>> } | undefined {
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

/** The parameters of a request to a token endpoint; those without a value are left out (RFC 6749, 3.2). */
export type TokenParameters = ReadonlyMap<string, string>;

/**
 * Reads the body (a Buffer, undefined when there is none) of a request to a token endpoint: a form in which each
 * parameter stands once. Throws an OAuthRefusal `invalid_request` for anything else.
 */
export function readTokenParameters(body: unknown, contentType: string | undefined): TokenParameters {
  if (!Buffer.isBuffer(body)) throw invalidRequest('The parameters must be sent in the body.');
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw invalidRequest('The body must be application/x-www-form-urlencoded.');
  }
  const sent = isUtf8(body) ? parseForm(body.toString()) : undefined;
  if (sent === undefined) throw invalidRequest('The body must be a form in UTF-8.');
  if (new Set(sent.keys()).size < sent.size) throw invalidRequest('No parameter may be sent twice.');
  return new Map([...sent].filter(([, value]) => value !== ''));
}

export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * The client that the form or a Basic header names; undefined when neither names one with its secret. Throws an
 * OAuthRefusal `invalid_request` when both do.
 */
export function clientCredentials(
  form: TokenParameters,
  basic: BasicCredentials | undefined,
): ClientCredentials | undefined {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  if (basic === undefined) return id === undefined || secret === undefined ? undefined : { id, secret };
  if (secret !== undefined || (id !== undefined && id !== basic.name)) {
    throw invalidRequest('Name the client in the form or in a Basic header, not in both.');
  }
  return { id: basic.name, secret: basic.password };
}

/** Scopes separated by spaces, in the characters of RFC 6749 (3.3); undefined when there are others. */
export function parseScopes(text: string): readonly string[] | undefined {
  const scopes = text.split(' ').filter((scope) => scope !== '');
  return scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) ? scopes : undefined;
}

export function invalidRequest(description: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', description);
}

/** A dry run can neither check a secret nor make a token that holds. Throws an OAuthRefusal `invalid_request`. */
export function refuseDryRun(request: OptionsRequest): void {
  const { dryRun } = runOptions(request, (_header, message) => invalidRequest(message));
  if (dryRun) throw invalidRequest('Muster-Dry-Run is not for tokens.');
}
