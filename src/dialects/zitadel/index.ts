import type { FastifyReply, FastifyRequest } from 'fastify';
import { DirectoryError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { Dialect, DialectHost } from '#dialects/dialect.ts';
import { encodeUser } from './encode.ts';
import { internalError, renderError } from './errors.ts';
import type { Rpc } from './http-rules.ts';
import { invokers } from './invoke.ts';
import { serveOAuth } from './oauth/serve.ts';
import { restHandler } from './rest.ts';
import { routes } from './routes.ts';
import { registerRpc } from './rpc.ts';

const mount = '/v2';

/** ZITADEL's user service, version 2, over REST, gRPC, gRPC-Web and Connect. */
export const zitadel: Dialect = {
  name: 'zitadel',
  title: 'ZITADEL v2',
  at: mount,
  ids: 'number',
  idsAreText: true,
  realmIds: 'number',

  example: ({ origin, token, id }) =>
    `curl -X PUT ${origin}/v2/users/human/${id} -H "Authorization: Bearer ${token}" ` +
    `-H "Content-Type: application/json" -d '{"profile":{"givenName":"Minnie","familyName":"Mouse"}}'`,

  async register(host) {
    const invokerOf = invokers(host);
    await registerRpc(host, invokerOf);
    await host.http.register(async (http) => serveOAuth({ ...host, http }));
    await host.http.register(
      async (http) => {
        http.addHook('onRequest', refuseGrpc);
        http.setErrorHandler((error, request, reply) => sendError(host, error, request, reply));
        http.setNotFoundHandler(answerUnknown);
        for (const route of routes) {
          const url = route.path.slice(mount.length).replace(/\{(\w+)\}/g, ':$1');
          http.route({
            method: route.method,
            url,
            config: { rpc: route.rpc },
            handler: restHandler(route, invokerOf(route)),
          });
        }
      },
      { prefix: mount },
    );
  },

  show: (user, realm) => encodeUser(user, realm.ids.zitadel ?? '') as JsonObject,
};

/** gRPC has its own paths; on these it would be taken for broken JSON. */
function refuseGrpc({ headers }: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  const isGrpc = headers['content-type']?.toLowerCase().startsWith('application/grpc');
  done(isGrpc ? notJson() : undefined);
}

function notJson(): DirectoryError {
  return new DirectoryError('invalid_argument', 'This path takes application/json.', {
    reason: 'media_type_unsupported',
  });
}

function answerUnknown({ url }: FastifyRequest): never {
  const path = url.replace(/\?.*/s, '');
  const known = routes.some((route) => new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  if (known) throw new DirectoryError('unimplemented', 'Method Not Allowed', { reason: 'method_not_allowed' });
  throw new DirectoryError('not_found', 'Not Found', { reason: 'route_not_found' });
}

function sendError({ log }: DialectHost, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = request.headers['accept-language'];
  if (!(error instanceof DirectoryError)) {
    log.error({ err: error, request: request.id }, 'a ZITADEL call failed');
    const { status, body } = internalError(language);
    return reply.code(status).send(body);
  }
  const { rpc } = request.routeOptions.config as { rpc?: Rpc };
  const { status, body } = renderError(error, rpc, language);
  const { retryAfterSeconds } = error.facts;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  return reply.code(status).send(body);
}
