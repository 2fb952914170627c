import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DialectHost } from '#dialects/dialect.ts';
import { etag } from '#transport/options.ts';
import { authenticate } from './auth.ts';
import { shownUser } from './encode.ts';
import { internalError, refusalOf } from './errors.ts';
import { type Exchange, sendRefusal, sendResponse } from './exchange.ts';
import { Refused } from './model-state.ts';
import { type Route, routes } from './routes.ts';

/** Adds every route, what answers where there is none below /api, and what answers when something fails. */
export function serveRoutes(host: DialectHost): void {
  const { http } = host;
  http.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) host.log.error({ error, request: request.id }, '2sms: a request failed');
    return sendRefusal(reply, refusal ?? internalError(), null);
  });
  http.register(async (api) => refuseUnknownRoutes(api), { prefix: '/api' });
  for (const [url, group] of Map.groupBy(routes, ({ path }) => path)) {
    for (const route of group) http.route({ method: route.method, url, handler: handlerOf(route, host) });
    refuseOtherMethods(http, url, group);
  }
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

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function handlerOf({ operation, serve }: Route, host: DialectHost): Handler {
  return async (request, reply) => {
    if (serve === undefined) throw new Refused(501, { Message: `The operation ${operation} is not implemented.` });
    const exchange = await openExchange(request, host);
    try {
      const { user, realm } = await serve(exchange);
      reply.header('ETag', etag(user.version));
      const answer = { error: null, userId: await callerId(exchange), result: 'Success' } as const;
      return sendResponse(reply, 200, { ...answer, detail: shownUser(user, realm) });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined || 'httpError' in refusal) throw error;
      return sendRefusal(reply, refusal, await callerId(exchange));
    }
  };
}

async function openExchange(request: FastifyRequest, { directory, guard }: DialectHost): Promise<Exchange> {
  const actor = await authenticate(guard, request);
  const via = { dialect: 'twosms', request: request.id, address: request.ip };
  return { request, actor, via, directory, guard, acting: directory.as(actor, via) };
}

/** The guid by which this dialect knows the caller. */
async function callerId({ actor, acting }: Exchange): Promise<string> {
  const caller = actor.user === undefined ? undefined : await acting.get(actor.user);
  return caller?.ids['twosms'] ?? actor.id;
}
