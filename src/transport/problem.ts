import type { FastifyReply } from 'fastify';
import { STATUS_CODES } from './node-http.ts';

/** What went wrong, as RFC 9457 has it. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly reason?: string;
  readonly field?: string;
  readonly detail?: string;
}

export const problemType = 'application/problem+json';

/** A problem that the transport itself tells of. */
export function problem(status: number, code: string, detail: string, reason?: string): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { title, status, code, ...(reason === undefined ? {} : { reason }), detail };
}

export function sendProblem(reply: FastifyReply, content: Problem): FastifyReply {
  return reply.code(content.status).type(problemType).send(JSON.stringify(content));
}
