import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DirectoryError, invalidField } from '#core/errors.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { runOptions } from '#transport/options.ts';
import type { RestRoute, Route, Services } from './call.ts';
import { internalError, Refusal, render } from './errors.ts';
import { perform } from './perform.ts';
import { send, sendError } from './rest-reply.ts';
import { readParams, sessionOf } from './rest-request.ts';
import { routes } from './routes.ts';

type RouteOnRest = Route & { readonly rest: RestRoute };

const onRest = routes.filter((route): route is RouteOnRest => route.rest !== undefined);

/** Adds every operation that REST has, and what answers beside them, in a context of its own below `/dh/rest`. */
export function serveRest({ http }: Pick<DialectHost, 'http'>, services: Services): void {
  http.register(async (below) => addRoutes(below, services), { prefix: '/dh/rest' });
}

function addRoutes(http: FastifyInstance, services: Services): void {
  http.addHook('onRequest', async (_request, reply) => {
    reply.headers(cors);
  });
  http.setErrorHandler((error, request, reply) => refuse(error, request, reply, services));
  http.setNotFoundHandler(async () => {
    throw new Refusal(404, 'Not Found');
  });
  for (const route of onRest) {
    const { method, path: url } = route.rest;
    http.route({ method, url, handler: (request, reply) => answer(route, request, reply, services) });
  }
  for (const [url, known] of Map.groupBy(onRest, ({ rest }) => rest.path)) answerOtherMethods(http, url, known);
}

/** Source: the vendor's CORS filter. The headers of the options that every HTTP dialect has stand beside its own. */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-credentials': 'true',
  'access-control-allow-methods': 'OPTIONS, GET, POST, PUT, DELETE, HEAD',
  'access-control-allow-headers':
    'Origin, Authorization, Accept, Content-Type, Auth-DeviceID, Auth-DeviceKey, ' +
    'If-Match, Idempotency-Key, Muster-Dry-Run',
  'access-control-expose-headers': 'ETag, Retry-After',
  'access-control-max-age': '0',
};

async function answer(route: RouteOnRest, request: FastifyRequest, reply: FastifyReply, services: Services) {
  const session = sessionOf(request);
  const done = await perform(route, session, services, () => ({
    params: readParams(route.rest, request),
    via: { dialect: 'devicehive', request: request.id, address: request.ip },
    transport: 'rest',
    origin: services.originOf(request.raw),
    options: runOptions(request, invalidField),
  }));
  return await send(reply, route.rest.status, done, (error) => {
    services.log.error({ request: request.id, err: error }, 'A list of DeviceHive users could not be ended.');
  });
}

function answerOtherMethods(http: FastifyInstance, url: string, known: readonly RouteOnRest[]): void {
  const taken: string[] = known.map(({ rest }) => rest.method);
  const allow = ['OPTIONS', ...taken].join(', ');
  http.route({ method: 'OPTIONS', url, handler: async (_request, reply) => reply.header('allow', allow).send() });
  http.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !taken.includes(method)),
    url,
    handler: async (_request, reply) => {
      reply.header('allow', allow);
      throw new DirectoryError('unimplemented', 'Method Not Allowed', { reason: 'method_not_allowed' });
    },
  });
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, services: Services): FastifyReply {
  const told = render(error, 'rest');
  if (told === undefined) {
    services.log.error({ request: request.id, err: error }, 'A DeviceHive request could not be answered.');
  }
  // What is refused for its headers is so before the hook above is asked.
  return sendError(reply.headers(cors), told ?? internalError);
}
