import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { onceAnswered } from './connections.ts';
import { problem, problemType } from './problem.ts';

/** Answers what is no HTTP, or took too long to become a request, and ends the connection. */
export function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isOfTls(error)) socket.destroy();
  else onceAnswered(socket, () => tell(socket, error.code));
}

// Before the handshake is done there is no way to say anything.
function isOfTls({ code }: ConnectionError): boolean {
  return code === 'EPROTO' || /^ERR_(SSL|TLS)_/.test(code ?? '');
}

function tell(socket: Socket, code: string): void {
  const content = problemOf(code);
  const body = JSON.stringify(content);
  socket.end(
    `HTTP/1.1 ${content.status} ${content.title}\r\nContent-Type: ${problemType}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function problemOf(code: string) {
  if (code === 'HPE_HEADER_OVERFLOW') return problem(431, 'invalid_argument', 'The header fields are too large.');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return problem(413, 'invalid_argument', 'The chunks carry too much.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem(408, 'deadline_exceeded', 'The request took too long.');
  return problem(400, 'invalid_argument', 'This is not HTTP/1.1.', 'body_malformed');
}
