import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { fastify } from 'fastify';
import { type RefuseBody, takeBodiesRaw } from './body.ts';
import type { Connections } from './connections.ts';
import { addressOf, noProxies, type Proxies } from './forwarded.ts';
import { isStream } from './http2-sessions.ts';
import { Listeners } from './listeners.ts';
import { type Problem, problem, sendProblem } from './problem.ts';
import { refuseConnection } from './refuse-connection.ts';

export interface HttpOptions {
  readonly log: HttpLog;
  readonly nextRequestId: () => string;
  readonly refuseBody: RefuseBody;
  /** Paths that start with one of these, in whatever case, are matched in lower case as a whole: `/api/v1/`. */
  readonly caseInsensitive?: readonly string[];
  /** Makes the servers, within their limits; without TLS unless given. */
  readonly listeners?: Listeners;
  /** Whose word is taken for whom they speak for: nobody's unless given. */
  readonly proxies?: Proxies;
}

export interface HttpLog {
  debug(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/**
 * A server of HTTP/1.1 and HTTP/2 without a route. Every body arrives raw (a Buffer, undefined when empty, 1 MiB at most); every
 * request has an id of its own, which the answer carries as `x-request-id`. Each part registers itself as a plugin,
 * with its own error handler and, under a prefix, its own not-found handler; what belongs to none answers problem+json.
 */
export function createHttp(options: HttpOptions): FastifyInstance {
  const { listeners = new Listeners(), proxies } = options;
  const { limits } = listeners;
  const http = fastify({
    logger: false,
    requestIdHeader: false,
    genReqId: options.nextRequestId,
    bodyLimit: limits.bodyBytes,
    return503OnClosing: false,
    serverFactory: (handle) => listeners.create(handle),
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    trustProxy: proxies?.any ? (address) => proxies.trusts(address) : false,
    clientErrorHandler: refuseConnection,
    routerOptions: { maxParamLength: limits.parameterLength },
    rewriteUrl: (request) => readablePath(lowerCasePath(request.url ?? '/', options.caseInsensitive ?? [])),
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id);
      sendProblem(
        reply,
        problem(error.statusCode ?? 400, 'invalid_argument', 'The address of the request is malformed.'),
      );
    },
  });
  admit(http, listeners.connections, proxies);
  const refusals = new WeakMap<Error, Problem>();
  takeBodiesRaw(http, limits.bodyBytes, (reason, message) => {
    const error = options.refuseBody(reason, message);
    refusals.set(error, problem(bodyStatus[reason], 'invalid_argument', message, reason));
    return error;
  });
  http.addHook('onResponse', (request, reply, done) => {
    listeners.connections.end(request.raw);
    options.log.debug({ ...factsOf(request), status: reply.statusCode, ms: reply.elapsedTime }, 'answered');
    done();
  });
  answerTheRest(http, options.log, refusals);
  closeGently(http, listeners);
  return http;
}

/** Routes have no schemas of Fastify's: with these in their place it loads no compilers of its own. */
function noSchemas(): never {
  throw new TypeError('A route has no schema here: its dialect reads what comes, and writes what goes.');
}

// The query is left out: clients put tokens there.
function factsOf(request: FastifyRequest): object {
  return { request: request.id, method: request.method, path: request.originalUrl.split('?', 1)[0] };
}

/** Gives every request its id and its caller's address, or refuses it for what its connection has done. */
function admit(http: FastifyInstance, connections: Connections, proxies: Proxies | undefined): void {
  http.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    const refusal = connections.begin(request.raw);
    if (refusal !== undefined) {
      if (!isStream(request.raw)) reply.header('connection', 'close');
      sendProblem(reply, refusal);
      return;
    }
    nameCaller(request, proxies);
    done();
  });
}

/**
 * Fastify takes any text of a trusted proxy for an address, and IPv4 in its IPv6 form for another one; and a stream of
 * HTTP/2 that has been taken back has none any more.
 */
function nameCaller(request: FastifyRequest, proxies: Proxies = noProxies): void {
  const { raw } = request;
  const isPlain = !raw.socket.remoteAddress?.startsWith('::ffff:');
  if (isPlain && !isStream(raw) && (!proxies.any || raw.headers['x-forwarded-for'] === undefined)) return;
  Object.defineProperty(request, 'ip', { value: addressOf(raw, proxies) });
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

const bodyStatus = { body_too_large: 413, body_malformed: 400, media_type_unsupported: 415 };

/** @param refusals what the transport itself has refused, where no dialect says so in its own form */
function answerTheRest(http: FastifyInstance, log: HttpLog, refusals: WeakMap<Error, Problem>): void {
  http.setNotFoundHandler((_request, reply) => {
    sendProblem(reply, problem(404, 'not_found', 'Nothing is served here; / says what is.', 'route_not_found'));
  });
  http.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusals.get(error);
    if (refusal !== undefined) {
      sendProblem(reply, refusal);
      return;
    }
    log.error({ ...factsOf(request), err: error }, 'failed');
    sendProblem(reply, problem(500, 'internal', 'Something went wrong; the log of the server says more.'));
  });
}

/** Closing finishes what is in flight, says so to callers who would go on, and cuts off who takes too long. */
function closeGently(http: FastifyInstance, listeners: Listeners): void {
  let deadline: NodeJS.Timeout | undefined;
  let closed: Promise<void> | undefined;
  http.addHook('preClose', async () => {
    listeners.leave();
    closed = listeners.close();
    deadline = setTimeout(() => listeners.cutOff(), listeners.limits.drainMs);
  });
  http.addHook('onSend', (request, reply, payload, done) => {
    // HTTP/2 has no such field, but Fastify sets it when a body is refused.
    if (isStream(request.raw)) reply.removeHeader('connection');
    else if (listeners.isLeaving) reply.header('connection', 'close');
    done(null, payload);
  });
  http.addHook('onClose', async () => {
    await closed;
    clearTimeout(deadline);
  });
}
