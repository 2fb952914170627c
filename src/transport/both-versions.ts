import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { lookAt } from './first-bytes.ts';

export interface BothVersions {
  readonly isSecure: boolean;
  /** How long a connection may keep to itself what it speaks, in milliseconds. */
  readonly withinMs: number;
  readonly onHttp2: (socket: Socket) => void;
  /** Holds the connections of which that is not known yet. */
  readonly unknown: Set<Socket>;
}

/**
 * Lets a server of HTTP/1.1 share its port with HTTP/2. It goes on listening itself, so that its own limits hold; only
 * its listener for new connections is taken off, and called for those that turn out to speak HTTP/1.1.
 */
export function serveBoth(server: Server, { isSecure, withinMs, onHttp2, unknown }: BothVersions): void {
  const event = isSecure ? 'secureConnection' : 'connection';
  const [serve] = server.listeners(event) as ((socket: Socket) => void)[];
  if (serve === undefined) throw new Error('The server has no listener for its connections.');
  server.off(event, serve);
  const onHttp1 = (socket: Socket): void => serve.call(server, socket);
  if (isSecure) {
    server.on(event, (socket: TLSSocket) => (socket.alpnProtocol === 'h2' ? onHttp2 : onHttp1)(socket));
    return;
  }
  const known = (then: (socket: Socket) => void) => (socket: Socket) => {
    unknown.delete(socket);
    then(socket);
  };
  const look = {
    withinMs,
    onHttp1: known(onHttp1),
    onHttp2: known(onHttp2),
    // As Node tells of a request that takes too long.
    onLate: known((socket) => server.emit('clientError', tooLate(), socket)),
  };
  server.on(event, (socket: Socket) => {
    unknown.add(socket);
    socket.once('close', () => unknown.delete(socket));
    lookAt(socket, look);
  });
}

function tooLate(): Error {
  return Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
}
