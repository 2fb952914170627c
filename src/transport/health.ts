import type { FastifyInstance } from 'fastify';
import { problem, sendProblem } from './problem.ts';

/**
 * `/healthz`: the process answers. `/readyz`: it can do its work, so `ready` resolved.
 * @param ready rejects while the server cannot serve, such as when its store does not answer
 */
export function registerHealth(http: FastifyInstance, ready: () => Promise<void>): void {
  http.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'alive' }));
  http.get('/readyz', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      await ready();
    } catch {
      return sendProblem(reply, problem(503, 'unavailable', 'The store does not answer.', 'store_unavailable'));
    }
    return reply.send({ status: 'ready' });
  });
}
