import type { FastifyReply, FastifyRequest } from 'fastify';
import { DirectoryError } from '#core/errors.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { OAuthRefusal, refusalBody, refusalOf } from '#transport/oauth.ts';
import { discoveryOf, keySet } from './discovery.ts';
import { introspect } from './introspect.ts';
import { paths } from './paths.ts';
import { readOAuthRequest } from './request.ts';
import { grantToken } from './token.ts';
import { userinfo } from './userinfo.ts';

/** What the vendor's authorization server does for machines. Whatever is refused is so in the words of RFC 6749 and 6750. */
export function serveOAuth(host: DialectHost): void {
  const { http, log, originOf } = host;
  http.addHook('onSend', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });
  http.setErrorHandler((error, request, reply) => sendRefusal(error, request, reply, log));
  http.get(paths.discovery, async (request) => discoveryOf(originOf(request.raw)));
  http.get(paths.keys, async () => keySet);
  http.post(paths.token, async (request) => grantToken(readOAuthRequest(request, host), host));
  http.post(paths.introspect, async (request) => introspect(readOAuthRequest(request, host), host));
  http.route({ method: ['GET', 'POST'], url: paths.userinfo, handler: (request) => userinfo(request, host) });
}

function sendRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply, log: DialectHost['log']) {
  if (request.routeOptions.url === paths.userinfo && error instanceof DirectoryError) {
    const refused = bearerRefusalOf(error);
    if (refused) return send(reply, refused, `Bearer error="${refused.error}"`);
  }
  const refused = error instanceof DirectoryError ? refusalOf(error) : undefined;
  const refusal = error instanceof OAuthRefusal ? error : refused?.refusal;
  if (refusal) return send(reply.headers(refused?.headers ?? {}), refusal, 'Basic realm="zitadel"');
  log.error({ err: error, request: request.id }, 'a request to the authorization server failed');
  return reply.code(500).send(refusalBody('server_error', 'An internal error occurred.'));
}

/** RFC 6750, 3.1; undefined for what is not about the token. */
function bearerRefusalOf({ code, message }: DirectoryError): OAuthRefusal | undefined {
  if (code === 'unauthenticated') return new OAuthRefusal('invalid_token', message, 401);
  return code === 'permission_denied' ? new OAuthRefusal('insufficient_scope', message, 403) : undefined;
}

/** A wrong client is 401, with the way to do it right (RFC 6749, 5.2). */
function send(reply: FastifyReply, { error, message, status }: OAuthRefusal, challenge: string): FastifyReply {
  const code = error === 'invalid_client' ? 401 : status;
  if (code === 401 || code === 403) reply.header('www-authenticate', challenge);
  return reply.code(code).send(refusalBody(error, message));
}
