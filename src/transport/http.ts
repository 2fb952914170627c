import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { fastify } from 'fastify';
import { type RefuseBody, takeBodiesRaw } from './body.ts';
import { type Limits, refuseConnection, standardLimits } from './limits.ts';
import { problem, sendProblem } from './problem.ts';

export interface HttpOptions {
  readonly log: HttpLog;
  readonly nextRequestId: () => string;
  readonly refuseBody: RefuseBody;
  /** Paths that start with one of these, in whatever case, are matched in lower case as a whole: `/api/v1/`. */
  readonly caseInsensitive?: readonly string[];
  readonly limits?: Partial<Limits>;
}

export interface HttpLog {
  debug(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/**
 * An HTTP/1.1 server without a route. Every body arrives raw (a Buffer, undefined when empty, 1 MiB at most); every
 * request has an id of its own, which the answer carries as `x-request-id`. Each part registers itself as a plugin,
 * with its own error handler and, under a prefix, its own not-found handler; what belongs to none answers problem+json.
 */
export function createHttp(options: HttpOptions): FastifyInstance {
  const limits = { ...standardLimits, ...options.limits };
  const http = fastify({
    logger: false,
    requestIdHeader: false,
    genReqId: options.nextRequestId,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    return503OnClosing: false,
    // Other upgrades (curl asks for h2c) are answered as the requests that they are.
    http: {
      shouldUpgradeCallback: isWebSocket,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    routerOptions: { maxParamLength: limits.parameterLength },
    rewriteUrl: (request) => readablePath(lowerCasePath(request.url ?? '/', options.caseInsensitive ?? [])),
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, _request, reply) => {
      sendProblem(
        reply,
        problem(error.statusCode ?? 400, 'invalid_argument', 'The address of the request is malformed.'),
      );
    },
  });
  takeBodiesRaw(http, limits.bodyBytes, options.refuseBody);
  http.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  http.addHook('onResponse', (request, reply, done) => {
    options.log.debug({ ...factsOf(request), status: reply.statusCode, ms: reply.elapsedTime }, 'answered');
    done();
  });
  answerTheRest(http, options.log);
  closeGently(http, limits.drainMs);
  return http;
}

// The query is left out: clients put tokens there.
function factsOf(request: FastifyRequest): object {
  return { request: request.id, method: request.method, path: request.originalUrl.split('?', 1)[0] };
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

function lowerCasePath(url: string, prefixes: readonly string[]): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const lower = path.toLowerCase();
  return prefixes.some((prefix) => lower.startsWith(prefix)) ? lower + url.slice(path.length) : url;
}

/**
 * A path with broken escapes (`%zz`, or bytes that are no UTF-8) is read as the text that it is, so that it is answered
 * by whom it was meant for, as an id that there is not.
 */
function readablePath(url: string): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (!path.includes('%')) return url;
  const readable = path
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => (isDecodable(run) ? run : run.replaceAll('%', '%25')));
  return readable + url.slice(path.length);
}

function isDecodable(escaped: string): boolean {
  try {
    return decodeURIComponent(escaped) !== '';
  } catch {
    return false;
  }
}

function answerTheRest(http: FastifyInstance, log: HttpLog): void {
  http.setNotFoundHandler((_request, reply) => {
    sendProblem(reply, problem(404, 'not_found', 'Nothing is served here; / says what is.', 'route_not_found'));
  });
  http.setErrorHandler((error: FastifyError, request, reply) => {
    log.error({ ...factsOf(request), err: error }, 'failed');
    sendProblem(reply, problem(500, 'internal', 'Something went wrong; the log of the server says more.'));
  });
}

/** Closing finishes what is in flight, says so to callers who would go on, and cuts off who takes too long. */
function closeGently(http: FastifyInstance, drainMs: number): void {
  let closing = false;
  let deadline: NodeJS.Timeout | undefined;
  http.addHook('preClose', async () => {
    closing = true;
    deadline = setTimeout(() => http.server.closeAllConnections(), drainMs);
  });
  http.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
  http.addHook('onClose', async () => clearTimeout(deadline));
}
