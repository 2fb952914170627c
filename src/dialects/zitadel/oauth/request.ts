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
  /**
   * Whom assertions must be meant for. Undefined where this server cannot know by which name it is reached: who holds an
   * assertion that is meant for another server could say that this is the one.
   */
  readonly audience: string | undefined;
  readonly via: Via;
}

const maxLength = 10_000;

/** Throws an OAuthRefusal `invalid_request`. */
export function readOAuthRequest(
  request: FastifyRequest,
  { originOf, publicUrl }: Pick<DialectHost, 'originOf' | 'publicUrl'>,
): OAuthRequest {
  refuseDryRun(request);
  const parameters = readTokenParameters(request.body, request.headers['content-type']);
  for (const [name, value] of parameters) {
    if (value.length > maxLength) throw invalidRequest(`${name} must have at most ${maxLength} characters.`);
  }
  const issuer = originOf(request.raw);
  return {
    parameters,
    basic: basicOf(request.headers.authorization),
    issuer,
    audience: publicUrl ?? (isAddressOf(request.socket, issuer) ? issuer : undefined),
    via: { dialect: 'zitadel', request: request.id, address: request.ip },
  };
}

/** Whether an origin is the very address at which the connection has come in, or this machine. */
function isAddressOf({ localAddress = '', localPort }: FastifyRequest['socket'], origin: string): boolean {
  const { hostname, port, protocol } = new URL(origin);
  const isHere = Number(port || (protocol === 'https:' ? 443 : 80)) === localPort;
  const address = hostname.replace(/^\[|\]$/g, '');
  return isHere && (address === 'localhost' || address === localAddress.replace('::ffff:', ''));
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
