import type { FastifyInstance } from 'fastify';
import type { DialectHost } from '#dialects/dialect.ts';
import { internalError, refusalOf } from './errors.ts';
import { sendRefusal } from './exchange.ts';
import { Refused } from './model-state.ts';
import { type Route, routes } from './routes.ts';

/** Adds every route, what answers where there is none below /api, and what answers when something fails. */
export function serveRoutes(host: DialectHost): void {
  const { http } = host;
  http.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) host.log.error({ error, request: request.id }, '2sms: a request failed');
    return sendRefusal(reply, refusal ?? internalError(), { of: 'User', userId: null });
  });
  http.register(async (api) => refuseUnknownRoutes(api), { prefix: '/api' });
  for (const [url, group] of Map.groupBy(routes, ({ path }) => path)) {
    http.register(async (context) => servePath(context, url, group, host));
  }
}

function servePath(http: FastifyInstance, url: string, group: readonly Route[], host: DialectHost): void {
  for (const { method, operation, serve, refuse } of group) {
    if (refuse) http.setErrorHandler((error, _request, reply) => refuse(error, reply, host));
    http.route({ method, url, handler: serve?.(host) ?? (async () => Promise.reject(notBuilt(operation))) });
  }
  refuseOtherMethods(http, url, group);
}

function notBuilt(operation: string): Refused {
  return new Refused(501, { Message: `The operation ${operation} is not implemented.` });
}

function refuseUnknownRoutes(http: FastifyInstance): void {
  http.setNotFoundHandler((request) => {
    const uri = `${request.protocol}://${request.host}${request.originalUrl}`;
    throw new Refused(404, { Message: `No HTTP resource was found that matches the request URI '${uri}'.` });
  });
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function refuseOtherMethods(http: FastifyInstance, url: string, group: readonly Route[]): void {
  const allowed = group.map(({ method }) => method as string);
  http.route({
    method: methods.filter((method) => !allowed.includes(method)),
    url,
    handler: ({ method }) => {
      const Message = `The requested resource does not support http method '${method}'.`;
      throw new Refused(405, { Message }, { Allow: allowed.join(', ') });
    },
  });
}
