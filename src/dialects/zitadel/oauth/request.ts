import type { FastifyRequest } from 'fastify';
import type { Via } from '#core/actor.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { type BasicCredentials, parseBasic } from '#transport/basic.ts';
import { invalidRequest, readTokenParameters, refuseDryRun, type TokenParameters } from '#transport/oauth.ts';

/** A request to the token or the introspection endpoint, read as far as both have it. */
export interface OAuthRequest {
  readonly parameters: TokenParameters;
  readonly basic: BasicCredentials | undefined;
  /** This server, as the caller has reached it. */
  readonly issuer: string;
  readonly via: Via;
}

const maxLength = 10_000;

/** Throws an OAuthRefusal `invalid_request`. */
export function readOAuthRequest(request: FastifyRequest, { originOf }: Pick<DialectHost, 'originOf'>): OAuthRequest {
  refuseDryRun(request);
  const parameters = readTokenParameters(request.body, request.headers['content-type']);
  for (const [name, value] of parameters) {
    if (value.length > maxLength) throw invalidRequest(`${name} must have at most ${maxLength} characters.`);
  }
  return {
    parameters,
    basic: basicOf(request.headers.authorization),
    issuer: originOf(request.raw),
    via: { dialect: 'zitadel', request: request.id, address: request.ip },
  };
}

/** Both halves are encoded as a form is (RFC 6749, 2.3.1). */
function basicOf(header: string | undefined): BasicCredentials | undefined {
  const basic = parseBasic(header);
  return basic && { name: formDecoded(basic.name), password: formDecoded(basic.password) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidRequest('The client in the Basic header must be encoded as a form is.');
  }
}
