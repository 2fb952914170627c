import { isUtf8 } from 'node:buffer';
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

export function invalidRequest(description: string): OAuthRefusal {
  return new OAuthRefusal('invalid_request', description);
}

/** A dry run can neither check a secret nor make a token that holds. Throws an OAuthRefusal `invalid_request`. */
export function refuseDryRun(request: OptionsRequest): void {
  const { dryRun } = runOptions(request, (_header, message) => invalidRequest(message));
  if (dryRun) throw invalidRequest('Muster-Dry-Run is not for tokens.');
}
