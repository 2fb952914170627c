import type { IncomingMessage, RequestListener } from 'node:http';
import {
  constants,
  createServer,
  type Http2Server,
  Http2ServerRequest,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Limits } from './limits.ts';

/** Whether a request has come as a stream; one of HTTP/1.1 may say that it is of another version. */
export function isStream(request: IncomingMessage): boolean {
  return request instanceof Http2ServerRequest;
}

/** Speaks HTTP/2 over connections that somebody else has accepted, within limits. */
export class Http2Sessions {
  readonly #limits: Limits;
  readonly #server: Http2Server;
  readonly #open = new Map<ServerHttp2Session, Socket>();
  #isLeaving = false;

  constructor(limits: Limits, handle: RequestListener) {
    this.#limits = limits;
    this.#server = createServer(optionsOf(limits));
    this.#server.on('request', (request, response) => {
      // What was taken back in the packet that it came in is not begun.
      if (request.stream.aborted) return;
      announceBody(request);
      // Node's two kinds of requests and responses are used alike; their types have nothing in common.
      (handle as (...exchange: unknown[]) => void)(request, response);
    });
  }

  take(socket: Socket): void {
    const watch = (session: ServerHttp2Session): void => this.#watch(session, socket);
    this.#server.once('session', watch).emit('connection', socket);
    this.#server.off('session', watch);
  }

  /** Asks every client, now and from now on, to come over another connection; what they have begun is finished. */
  leave(): void {
    this.#isLeaving = true;
    for (const session of this.#open.keys()) this.#bidFarewell(session);
  }

  /** Cuts off every connection; a session that is only destroyed waits for its client. */
  cutOff(): void {
    for (const socket of this.#open.values()) socket.destroy();
  }

  /** Closes a session that has had no stream for a while: pings do not keep one. */
  #watch(session: ServerHttp2Session, socket: Socket): void {
    let streams = 0;
    let stalled: NodeJS.Timeout | undefined;
    const idle = setTimeout(() => {
      if (streams > 0) return;
      session.close();
      stalled = setTimeout(() => socket.destroy(), this.#limits.stalledMs);
    }, this.#limits.keepAliveMs);
    session.on('stream', (stream) => {
      streams += 1;
      stream.once('close', () => {
        streams -= 1;
        if (streams === 0) idle.refresh();
      });
      this.#bound(stream);
    });
    this.#open.set(session, socket);
    session.once('close', () => {
      clearTimeout(idle);
      clearTimeout(stalled);
      this.#open.delete(session);
    });
    if (this.#isLeaving) this.#bidFarewell(session);
  }

  /** First only says so, and takes what is on its way by then: RFC 9113, section 6.8. */
  #bidFarewell(session: ServerHttp2Session): void {
    if (session.closed) return;
    session.goaway(constants.NGHTTP2_NO_ERROR, lastOfAll);
    setTimeout(() => session.close(), this.#limits.farewellMs);
  }

  #bound(stream: ServerHttp2Stream): void {
    const cut = (): void => stream.close(constants.NGHTTP2_CANCEL);
    stream.setTimeout(this.#limits.stalledMs, cut);
    if (stream.endAfterHeaders) return;
    const late = setTimeout(cut, this.#limits.requestMs);
    const done = (): void => clearTimeout(late);
    stream.once('end', done).once('close', done);
  }
}

function optionsOf(limits: Limits) {
  return {
    settings: { maxConcurrentStreams: limits.pipelined, maxHeaderListSize: limits.headerBytes, enablePush: false },
    // One more than may come, so that too many are seen; a stream with more is reset.
    maxHeaderListPairs: limits.headerFields + 1,
    streamResetBurst: limits.resets,
    streamResetRate: limits.resetsPerSecond,
  };
}

const lastOfAll = 2 ** 31 - 1;

/** Fastify looks for a body where HTTP/1.1 would announce one. */
function announceBody({ stream, headers }: Http2ServerRequest): void {
  if (!stream.endAfterHeaders && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked';
}
