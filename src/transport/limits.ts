import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { problem, problemType } from './problem.ts';

/** What one connection may take. Times in milliseconds, sizes in bytes. */
export interface Limits {
  readonly bodyBytes: number;
  /** Of a path parameter; a longer one is 414. */
  readonly parameterLength: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** How often time-outs are looked for: they come up to this much later. */
  readonly checkMs: number;
  /** How long closing waits for what is in flight. */
  readonly drainMs: number;
}

export const standardLimits: Limits = {
  bodyBytes: 1_048_576,
  parameterLength: 8192,
  headersMs: 15_000,
  requestMs: 60_000,
  // Longer than the minute for which common proxies keep theirs, so that they never use one that is closing.
  keepAliveMs: 65_000,
  checkMs: 5_000,
  drainMs: 10_000,
};

/** Answers what is no HTTP, or took too long to become a request, and ends the connection. */
export function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const content = problemOf(error.code);
  const body = JSON.stringify(content);
  socket.end(
    `HTTP/1.1 ${content.status} ${content.title}\r\nContent-Type: ${problemType}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function problemOf(code: string) {
  if (code === 'HPE_HEADER_OVERFLOW') return problem(431, 'invalid_argument', 'The header fields are too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem(408, 'deadline_exceeded', 'The request took too long.');
  return problem(400, 'invalid_argument', 'This is not HTTP/1.1.', 'body_malformed');
}
