import type { IncomingMessage } from 'node:http';

/** WebSocket paths, on the port of everything else. */
export interface SocketRoutes {
  /** `open` is called for each connection and answers what to do with each text frame; frames are handled in order. */
  route(path: string, open: OpenSocket): void;
}

export type OpenSocket = (socket: Socket) => (frame: string) => Promise<void>;

/** One open WebSocket connection. Pings, limits and half-open peers are dealt with below it. */
export interface Socket {
  readonly request: IncomingMessage;
  /** The caller's address. */
  readonly address: string;
  /** A fresh id for the next message's work, as requests have one. */
  nextRequestId(): string;
  send(text: string): void;
  close(code: number, reason: string): void;
}
