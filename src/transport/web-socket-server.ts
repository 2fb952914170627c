import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { STATUS_CODES } from './node-http.ts';
import { defaultSocketLimits, SocketConnection, type SocketLimits } from './socket-connection.ts';
import type { OpenSocket, SocketRoutes } from './sockets.ts';

export interface SocketServerOptions {
  /** Makes the id of one message's work. */
  readonly requestId: () => string;
  /** The caller's address; by default the peer's. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** Whether an upgrade comes over a connection that is one too many. */
  readonly isRefused?: (socket: Socket) => boolean;
  /** Is told of a handler that failed, which is a bug. */
  readonly onFault: (fault: unknown, path: string) => void;
  /** Is asked of each path for what is called when a message comes, and for what to call once it is answered. */
  readonly measure?: (path: string) => () => () => void;
  /** Overrides single limits. */
  readonly limits?: Partial<SocketLimits>;
}

export interface SocketServer extends SocketRoutes {
  /** How many sockets are open now. */
  readonly count: number;
  /** Takes over the server's upgrades. */
  attach(server: Server): void;
  /** Opens nothing new, lets each socket answer the frame it is at, then closes them all with 1001. */
  close(): Promise<void>;
}

/** A WebSocket server that has no port of its own: it takes the upgrades of an HTTP server, on known paths only. */
export function createSocketServer(options: SocketServerOptions): SocketServer {
  const limits = { ...defaultSocketLimits, ...options.limits };
  const addressOf = options.addressOf ?? ((request) => request.socket.remoteAddress ?? '');
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.maxFrameBytes,
    perMessageDeflate: false,
    // Answered by the connection, which looks whether the peer reads.
    autoPong: false,
  });
  const paths = new Map<string, { readonly open: OpenSocket; readonly measure: (() => () => void) | undefined }>();
  const connections = new Set<SocketConnection>();
  let closing = false;

  const pings = setInterval(() => {
    for (const connection of connections) connection.checkPeer();
  }, limits.pingEveryMs).unref();

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = paths.get(path);
    const isFull = connections.size >= limits.maxSockets || options.isRefused?.(request.socket) === true;
    if (route === undefined || closing || isFull) {
      refuse(stream, closing || isFull ? 503 : 404);
      return;
    }
    server.handleUpgrade(request, stream, head, (peer) => {
      const connection = new SocketConnection(peer, route.open, limits, {
        request,
        measure: route.measure,
        address: addressOf(request),
        requestId: options.requestId,
        onFault: (fault) => options.onFault(fault, path),
      });
      connections.add(connection);
      peer.once('close', () => connections.delete(connection));
    });
  };

  return {
    get count() {
      return connections.size;
    },
    route(path, open) {
      paths.set(path, { open, measure: options.measure?.(path) });
    },
    attach(http) {
      http.on('upgrade', upgrade);
    },
    async close() {
      closing = true;
      await Promise.all([...connections].map((connection) => connection.shutDown()));
      clearInterval(pings);
    },
  };
}

/** Answers an upgrade that leads nowhere as plain HTTP and hangs up. */
function refuse(stream: Duplex, status: 404 | 503): void {
  stream.on('error', () => stream.destroy());
  const text = `${STATUS_CODES[status]}\n`;
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${text.length}\r\n\r\n${text}`,
  );
}
