import type { FastifyReply, FastifyRequest } from 'fastify';
import { DirectoryError, invalidField } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { OAuthRefusal } from '#transport/oauth.ts';
import { etag, runOptions } from '#transport/options.ts';
import { authenticate } from './auth.ts';
import { decodeBody } from './decode/body.ts';
import { renderError } from './errors.ts';
import { answerTokenRequest, sendTokenAnswer } from './oauth/answer-token-request.ts';
import { grantOf } from './oauth/grant.ts';
import { renderRefusal } from './oauth/render-refusal.ts';
import type { Operation } from './operation.ts';
import { operations } from './routes.ts';
import { newTraceId } from './trace-id.ts';

const traceHeader = 'x-accela-traceid';
const methods = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const;

/** Adds every route of the table, and what answers beside them, to the dialect's HTTP context. */
export function serve(host: DialectHost): void {
  const { http, clock, random } = host;
  http.addHook('onRequest', async (_request, reply) => {
    reply.header(traceHeader, newTraceId(clock, random));
  });
  http.setErrorHandler((error, request, reply) => sendError(host, error, request, reply));
  http.register(async (below) => below.setNotFoundHandler(refusePath), { prefix: '/v4' });
  for (const operation of operations) {
    http.route({
      method: operation.method,
      url: operation.path,
      config: operation,
      handler: (request, reply) => handle(operation, host, request, reply),
    });
  }
  refuseOtherMethods(host);
}

/** Authenticates, runs and answers one request. */
async function handle(operation: Operation, host: DialectHost, request: FastifyRequest, reply: FastifyReply) {
  if (operation.issuesTokens) return answerTokenRequest(request, reply, host);
  if (operation.run === undefined) throw notBuilt();
  const actor = await authenticate(request, operation, host);
  const { headers, body } = request;
  const answer = await operation.run({
    actor,
    grant: grantOf(actor),
    now: host.clock.now(),
    directory: host.directory,
    users: host.directory.as(actor, { dialect: 'accela', request: request.id, address: request.ip }),
    id: (request.params as { id?: string }).id ?? '',
    query: new URLSearchParams(request.url.split('?')[1]),
    options: runOptions(request, invalidField),
    body: () => decodeBody(body, headers['content-type']),
  });
  if (answer.version !== undefined) reply.header('etag', etag(answer.version));
  return send(reply, 200, answer.body);
}

function refuseOtherMethods({ http }: DialectHost): void {
  for (const [path, known] of Map.groupBy(operations, ({ path }) => path)) {
    const allowed = known.map(({ method }) => method);
    const method = methods.filter((name) => !allowed.some((other) => other === name));
    http.route({
      method,
      url: path,
      config: known[0] ?? {},
      handler: async (_request, reply) => {
        reply.header('allow', allowed.join(', '));
        throw new DirectoryError('unimplemented', `This resource takes ${allowed.join(' and ')} alone.`, {
          reason: 'method_not_allowed',
        });
      },
    });
  }
}

async function refusePath(): Promise<never> {
  throw new DirectoryError('not_found', 'There is no such API.', { reason: 'route_not_found' });
}

function notBuilt(): DirectoryError {
  return new DirectoryError('unimplemented', 'This API is known, but not built here.', { reason: 'not_built' });
}

function sendError(host: DialectHost, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isBug = error instanceof DirectoryError ? error.code === 'internal' : !(error instanceof OAuthRefusal);
  if (isBug) host.log.error({ err: error, request: request.id }, 'an Accela request has failed');
  // What the transport refuses before our hook has not been given one.
  if (!reply.hasHeader(traceHeader)) reply.header(traceHeader, newTraceId(host.clock, host.random));
  const { members, issuesTokens } = request.routeOptions.config as Partial<Operation>;
  if (issuesTokens) {
    const refusal = renderRefusal(error);
    return sendTokenAnswer(reply.headers(refusal.headers), refusal.status, refusal.body);
  }
  const { status, headers, body } = renderError(error, String(reply.getHeader(traceHeader)), members);
  return send(reply.headers(headers), status, body);
}

/** The content type is exactly `application/json`: Fastify adds a charset unless it is told how to write the body. */
function send(reply: FastifyReply, status: number, body: JsonObject): FastifyReply {
  return reply.code(status).header('content-type', 'application/json').serializer(JSON.stringify).send(body);
}
