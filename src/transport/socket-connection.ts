import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import type { OpenSocket, Socket } from './sockets.ts';

export interface SocketLimits {
  /** A peer that has not answered the last ping when the next is due is gone. */
  readonly pingEveryMs: number;
  /** Open at once; one more is told 503. */
  readonly maxSockets: number;
  readonly maxFrameBytes: number;
  /** Unhandled frames above which the peer is not read from. */
  readonly maxQueuedFrames: number;
  /** Unread answers (bytes) above which no further frame is handled. */
  readonly maxUnreadBytes: number;
  /** How long a peer may take to read them before it is closed. */
  readonly readWithinMs: number;
  /** How long a peer may take to answer a close before it is cut off. */
  readonly closeWithinMs: number;
}

export const defaultSocketLimits: SocketLimits = {
  pingEveryMs: 30_000,
  // Fewer than connections, so that they never leave no room for requests.
  maxSockets: 8_000,
  maxFrameBytes: 1_048_576,
  maxQueuedFrames: 64,
  maxUnreadBytes: 1_048_576,
  readWithinMs: 10_000,
  closeWithinMs: 2_000,
};

export interface SocketContext {
  readonly request: IncomingMessage;
  readonly address: string;
  readonly requestId: () => string;
  readonly onFault: (fault: unknown) => void;
  readonly measure: (() => () => void) | undefined;
}

const unread = 'The answers are not being read.';

/** One peer: its frames are handled one after the other, as fast as it reads what it is answered. */
export class SocketConnection {
  readonly #peer: WebSocket;
  readonly #limits: SocketLimits;
  readonly #onFault: (fault: unknown) => void;
  readonly #measure: (() => () => void) | undefined;
  readonly #handle: (frame: string) => Promise<void>;
  readonly #queue: string[] = [];
  /** Characters in the queue and in hand. */
  #queued = 0;
  #working: Promise<void> | undefined;
  #written: Promise<void> = Promise.resolve();
  #alive = true;

  constructor(peer: WebSocket, open: OpenSocket, limits: SocketLimits, context: SocketContext) {
    this.#peer = peer;
    this.#limits = limits;
    this.#onFault = context.onFault;
    this.#measure = context.measure;
    peer.on('message', (data, isBinary) => this.#receive(data, isBinary));
    peer.on('pong', () => {
      this.#alive = true;
    });
    peer.on('ping', (data) => this.#pong(data));
    // A broken frame or connection: `ws` closes with the right code by itself.
    peer.on('error', () => {});
    this.#handle = open(this.#socket(context));
  }

  /** Cuts off a peer that has not been heard of since the last ping, and pings it again. */
  checkPeer(): void {
    if (!this.#alive) this.#peer.terminate();
    // While we do not read from the peer, its pongs cannot reach us.
    this.#alive = this.#peer.isPaused;
    if (this.#peer.readyState === this.#peer.OPEN) this.#peer.ping();
  }

  /** Lets the frame in flight be answered, forgets the others, and closes. Resolves when the connection is gone. */
  async shutDown(): Promise<void> {
    this.#queue.length = 0;
    await this.#working;
    if (this.#peer.readyState === this.#peer.CLOSED) return;
    const gone = new Promise<void>((resolve) => this.#peer.once('close', () => resolve()));
    this.#close(1001, 'The server is shutting down.');
    await gone;
  }

  #socket({ request, address, requestId }: SocketContext): Socket {
    return {
      request,
      address,
      nextRequestId: requestId,
      send: (text) => this.#send(text),
      close: (code, reason) => this.#close(code, reason),
    };
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#alive = true;
    if (this.#peer.readyState !== this.#peer.OPEN) return;
    if (isBinary) {
      this.#close(1003, 'Only text frames are understood here.');
      return;
    }
    const frame = data.toString();
    this.#queue.push(frame);
    this.#queued += frame.length;
    if (this.#isBehind()) this.#peer.pause();
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
      const done = this.#measure?.();
      try {
        await this.#handle(frame);
      } catch (fault) {
        this.#onFault(fault);
        this.#close(1011, 'This message could not be handled.');
      }
      done?.();
      if (this.#peer.bufferedAmount > this.#limits.maxUnreadBytes) await this.#untilRead();
      this.#queued -= frame.length;
      if (!this.#isBehind()) this.#peer.resume();
    }
    this.#working = undefined;
  }

  #isBehind(): boolean {
    return this.#queue.length > this.#limits.maxQueuedFrames || this.#queued > this.#limits.maxFrameBytes;
  }

  #send(text: string): void {
    if (this.#peer.readyState !== this.#peer.OPEN) return;
    this.#written = new Promise((resolve) => this.#peer.send(text, () => resolve()));
  }

  /** Waits until the peer has read its answers; one that takes too long is closed. */
  async #untilRead(): Promise<void> {
    const late = setTimeout(() => this.#close(1008, unread), this.#limits.readWithinMs);
    await this.#written;
    clearTimeout(late);
  }

  /** Pings are frames too: a peer that sends them and never reads would have their answers pile up. */
  #pong(data: Buffer): void {
    this.#alive = true;
    if (this.#peer.readyState !== this.#peer.OPEN) return;
    if (this.#peer.bufferedAmount > this.#limits.maxUnreadBytes) this.#close(1008, unread);
    else this.#peer.pong(data);
  }

  #close(code: number, reason: string): void {
    this.#queue.length = 0;
    if (this.#peer.readyState === this.#peer.CLOSED) return;
    // A paused peer's answer to the close could never be read.
    this.#peer.resume();
    this.#peer.close(code, reason);
    const cutOff = setTimeout(() => this.#peer.terminate(), this.#limits.closeWithinMs);
    this.#peer.once('close', () => clearTimeout(cutOff));
  }
}
