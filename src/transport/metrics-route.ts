import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type CountRequest, metricsType } from './metrics.ts';
import { problem, sendProblem } from './problem.ts';

export interface MetricsAccess {
  /** Only callers on this machine may read. */
  readonly loopbackOnly: boolean;
  /** What has to come as a bearer token, if anything. */
  readonly token?: string;
}

/** Adds `GET /metrics`. Who may not read is told that there is nothing, or, where a token is asked for, 401. */
export function registerMetrics(http: FastifyInstance, text: () => Promise<string>, access: MetricsAccess): void {
  http.get('/metrics', async (request, reply) => {
    if (access.loopbackOnly && !isLoopback(request.ip)) {
      return sendProblem(
        reply,
        problem(404, 'not_found', 'Nothing is served here; / says what is.', 'route_not_found'),
      );
    }
    if (access.token !== undefined && !bears(request, access.token)) {
      reply.header('www-authenticate', 'Bearer');
      return sendProblem(
        reply,
        problem(401, 'unauthenticated', 'The figures ask for a bearer token.', 'token_missing'),
      );
    }
    const figures = await text();
    return reply.header('cache-control', 'no-store').type(metricsType).send(figures);
  });
}

/** Counts what is asked of one part of the server. */
export function measure(part: FastifyInstance, count: CountRequest): void {
  part.addHook('onResponse', (request, reply, done) => {
    count(request.method, reply.statusCode, reply.elapsedTime);
    done();
  });
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function bears({ headers }: FastifyRequest, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
