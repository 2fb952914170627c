import type { FastifyReply, FastifyRequest } from 'fastify';
import { DirectoryError, type ErrorCode, type ErrorReason } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import { STATUS_CODES } from '#transport/node-http.ts';
import { type Problem, sendProblem } from '#transport/problem.ts';

const statusOfCode: Readonly<Record<ErrorCode, number>> = {
  invalid_argument: 400,
  failed_precondition: 409,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  unauthenticated: 401,
  aborted: 409,
  resource_exhausted: 429,
  unavailable: 503,
  deadline_exceeded: 504,
  unimplemented: 501,
  internal: 500,
};

const statusOfReason: Readonly<Partial<Record<ErrorReason, number>>> = {
  method_not_allowed: 405,
  version_mismatch: 412,
  body_too_large: 413,
  media_type_unsupported: 415,
  idempotency_key_reused: 422,
};

const retryAfterSeconds = 1;

export function problemOf({ code, reason, field, message }: DirectoryError): Problem {
  const status = statusOfReason[reason] ?? statusOfCode[code];
  const title = STATUS_CODES[status] ?? code;
  return { title, status, code, reason, ...(field === undefined ? {} : { field }), detail: message };
}

/** Tells the caller what went wrong. What is no DirectoryError is a bug: logged, and shown without its message. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  if (error instanceof DirectoryError) {
    if (error.code === 'internal') log.error({ request: request.id, err: error }, 'directory: failed');
    const problem = problemOf(error);
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    if (problem.status === 429 || problem.status === 503) reply.header('retry-after', retryAfterSeconds);
    return sendProblem(reply, problem);
  }
  log.error({ request: request.id, err: error }, 'directory: failed');
  const detail = `Something went wrong here; the log says more under the request id ${request.id}.`;
  return sendProblem(reply, { title: 'Internal Server Error', status: 500, code: 'internal', detail });
}
