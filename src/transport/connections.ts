import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { isStream } from './http2-sessions.ts';
import type { Limits } from './limits.ts';
import { type Problem, problem } from './problem.ts';

/** What is known of one connection. */
interface Traffic {
  /** Requests that wait for their answer. */
  inFlight: number;
  /** The one that came last, while any waits: its body may still be coming. */
  last: IncomingMessage | undefined;
  /** Why no request is taken any more. */
  refusal?: Problem | undefined;
  /** What is done once all that came before has been answered. */
  farewell?: () => void;
}

const traffic = Symbol('traffic');
type Watched = Socket & { [traffic]?: Traffic };

/** How many refused connections may wait to be told so; the others are cut off at once. */
const maxRefused = 500;

type ConnectionLimits = Pick<
  Limits,
  'connections' | 'connectionsPerAddress' | 'refusedMs' | 'pipelined' | 'headerFields'
>;

/** Bounds the connections to one or more servers, in all and from each address, and the requests on each. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #isExempt: (address: string) => boolean;
  readonly #open = new Map<string, number>();
  readonly #refused = new Set<Socket>();
  #count = 0;
  #refusals = 0;

  /** @param isExempt addresses, such as a proxy's, that stand for many callers */
  constructor(limits: ConnectionLimits, isExempt: (address: string) => boolean) {
    this.#limits = limits;
    this.#isExempt = isExempt;
  }

  /** Connections that are open now. */
  get count(): number {
    return this.#count;
  }

  /** Connections that were refused, ever. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Watches over a server. One that speaks TLS cannot say why it refuses: it just hangs up. */
  watch(server: Server, canTell: boolean): void {
    server.maxConnections = this.#limits.connections + maxRefused;
    server.on('drop', () => {
      this.#refusals += 1;
    });
    server.on('connection', (socket: Socket) => this.#take(socket, canTell));
  }

  /** Counts a request in, and tells why it is not taken if it is not; nor are those that follow it then. */
  begin(request: IncomingMessage): Problem | undefined {
    if (isStream(request)) return this.#refusalOfStream(request);
    const socket: Watched = request.socket;
    const state = socket[traffic] ?? { inFlight: 0, last: request };
    socket[traffic] = state;
    state.inFlight += 1;
    state.last = request;
    state.refusal ??= this.#refusalOf(request, state);
    return state.refusal;
  }

  #refusalOf(request: IncomingMessage, { inFlight }: Traffic): Problem | undefined {
    if (inFlight > this.#limits.pipelined) return tooManyAtOnce;
    if (this.isRefused(request.socket)) return tooManyConnections;
    if (request.rawHeaders.length > 2 * this.#limits.headerFields) return tooManyFields;
    return isAmbiguous(request) ? ambiguous : undefined;
  }

  /** How many may wait on one connection, and what makes no sense there, is seen to by HTTP/2 itself. */
  #refusalOfStream({ headers, rawHeaders }: IncomingMessage): Problem | undefined {
    if (rawHeaders.length > 2 * this.#limits.headerFields) return tooManyFields;
    const { host, ':authority': authority } = headers;
    return host === undefined || authority === undefined || host === authority ? undefined : ambiguous;
  }

  /** Whether a connection is one too many, and only waits to be told so. */
  isRefused(socket: Socket): boolean {
    return this.#refused.size > 0 && this.#refused.has(socket);
  }

  /** Counts a request that has been answered out again. */
  end(request: IncomingMessage): void {
    if (isStream(request)) return;
    const state = (request.socket as Watched | null)?.[traffic];
    if (state === undefined) return;
    state.inFlight -= 1;
    if (state.inFlight === 0) state.last = undefined;
    if (state.farewell !== undefined && isAnswerable(state)) state.farewell();
  }

  #take(socket: Socket, canTell: boolean): void {
    const address = socket.remoteAddress ?? '';
    const fromHere = (this.#open.get(address) ?? 0) + 1;
    this.#open.set(address, fromHere);
    this.#count += 1;
    // Before Node's own listener: behind it, ours makes every request outlive its answer until a full collection.
    socket.prependListener('close', () => this.#forget(socket, address));
    const { connections, connectionsPerAddress } = this.#limits;
    const isOneTooMany = fromHere > connectionsPerAddress && !this.#isExempt(address);
    if (this.#count > connections || isOneTooMany) this.#refuse(socket, canTell);
  }

  #forget(socket: Socket, address: string): void {
    const left = (this.#open.get(address) ?? 1) - 1;
    if (left > 0) this.#open.set(address, left);
    else this.#open.delete(address);
    this.#count -= 1;
    this.#refused.delete(socket);
  }

  #refuse(socket: Socket, canTell: boolean): void {
    this.#refusals += 1;
    if (!canTell || this.#refused.size >= maxRefused) {
      socket.destroy();
      return;
    }
    this.#refused.add(socket);
    const late = setTimeout(() => socket.destroy(), this.#limits.refusedMs);
    socket.once('close', () => clearTimeout(late));
  }
}

const tooManyFields = problem(431, 'invalid_argument', 'There are too many header fields.');
const tooManyConnections = problem(503, 'unavailable', 'Too many connections are open: try again in a second.');
const tooManyAtOnce = problem(429, 'resource_exhausted', 'Too many requests wait on this connection: read first.');

const ambiguous = problem(400, 'invalid_argument', 'This is not HTTP, or two things at once.', 'body_malformed');

/** What Node lets through and proxies may read otherwise: RFC 9112, sections 3.2, 6.1 and 6.3. */
function isAmbiguous({ httpVersionMajor, httpVersionMinor, headers, rawHeaders }: IncomingMessage): boolean {
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && (httpVersionMinor === 0 || encoding.toLowerCase() !== 'chunked')) return true;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1 || httpVersionMajor !== 1;
}

/**
 * Does what ends a connection, such as telling that it is not understood: after earlier requests have been answered, as
 * their caller would take it for the answer to one of these.
 */
export function onceAnswered(socket: Socket, farewell: () => void): void {
  const state = (socket as Watched)[traffic];
  // Who has been refused is told so already, and that answer ends the connection.
  if (state?.refusal !== undefined) return;
  if (state === undefined || isAnswerable(state)) farewell();
  else state.farewell ??= farewell;
}

function isAnswerable({ inFlight, last }: Traffic): boolean {
  return inFlight === 0 || (inFlight === 1 && last?.complete === false);
}
