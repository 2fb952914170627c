import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { serveBoth } from './both-versions.ts';
import { Connections } from './connections.ts';
import type { Proxies } from './forwarded.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { type Limits, standardLimits } from './limits.ts';
import { createServer as createPlainServer } from './node-http.ts';
import { refuseConnection } from './refuse-connection.ts';
import type { Certificate } from './tls.ts';

export interface ListenerOptions {
  readonly limits?: Partial<Limits>;
  /** With it everything is served over TLS. */
  readonly certificate?: Certificate;
  readonly proxies?: Proxies;
}

/** Makes the servers that one application listens with (a name can have several addresses), under the same limits. */
export class Listeners {
  readonly limits: Limits;
  readonly connections: Connections;
  readonly #servers: (Server | SecureServer)[] = [];
  /** Connections of which it is not known yet what they speak. */
  readonly #unknown = new Set<Socket>();
  #sessions: Http2Sessions | undefined;
  #certificate: Certificate | undefined;
  #handle: RequestListener = () => {};
  #isLeaving = false;

  constructor({ limits = {}, certificate, proxies }: ListenerOptions = {}) {
    this.limits = { ...standardLimits, ...limits };
    this.connections = new Connections(this.limits, (address) => proxies?.trusts(address) === true);
    this.#certificate = certificate;
  }

  create(handle: RequestListener): Server {
    this.#handle = handle;
    this.#sessions ??= new Http2Sessions(this.limits, handle);
    const options = serverOptions(this.limits);
    const server =
      this.#certificate === undefined
        ? createPlainServer(options, handle)
        : createSecureServer({ ...options, ...contextOf(this.#certificate), ...handshake(this.limits) }, handle);
    server.setTimeout(this.limits.stalledMs);
    // One more than may come, so that too many are seen; beyond that Node drops them in silence.
    server.maxHeadersCount = this.limits.headerFields + 1;
    this.connections.watch(server, this.#certificate === undefined);
    serveBoth(server, {
      isSecure: this.#certificate !== undefined,
      withinMs: this.limits.headersMs,
      unknown: this.#unknown,
      onHttp2: (socket) => this.#takeHttp2(socket),
    });
    this.#servers.push(server);
    return server;
  }

  /** Who speaks HTTP/2 over one connection too many is hung up on. */
  #takeHttp2(socket: Socket): void {
    if (this.connections.isRefused(socket)) socket.destroy();
    else this.#sessions?.take(socket);
  }

  /** Takes another certificate for the connections that come from now on. */
  renew(certificate: Certificate): void {
    this.#certificate = certificate;
    for (const server of this.#servers) {
      if ('setSecureContext' in server) server.setSecureContext(contextOf(certificate));
    }
  }

  /** Listens on these addresses too, at the port that it listens at by now; on those that are free. */
  async listenAlso(addresses: readonly string[]): Promise<void> {
    const main = this.#servers[0];
    const bound = main?.address();
    if (main === undefined || bound === null || typeof bound !== 'object') return;
    for (const address of addresses) {
      if (address === bound.address) continue;
      const server = this.create(this.#handle);
      server.on('clientError', refuseConnection);
      server.on('upgrade', (...upgrade) => main.emit('upgrade', ...upgrade));
      server.listen(bound.port, address);
      await once(server, 'listening').catch(() => {});
    }
  }

  /** Asks every client that comes from now on to come over another connection next time; they are served still. */
  leave(): void {
    this.#isLeaving = true;
    this.#sessions?.leave();
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Closes what Fastify leaves: the other addresses, and a server that never listened. Resolves when it is done. */
  async close(): Promise<void> {
    const [main, ...others] = this.#servers;
    for (const socket of this.#unknown) socket.destroy();
    if (main?.listening === false) main.close();
    const listening = others.filter((server) => server.listening);
    await Promise.all(listening.map((server) => once(server.close(), 'close')));
  }

  /** Cuts off every connection. */
  cutOff(): void {
    for (const server of this.#servers) server.closeAllConnections();
    for (const socket of this.#unknown) socket.destroy();
    this.#sessions?.cutOff();
  }
}

function serverOptions(limits: Limits) {
  return {
    // Other upgrades (curl asks for h2c) are answered as the requests that they are.
    shouldUpgradeCallback: isWebSocket,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    // Finds out about peers that have gone without a word.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  };
}

function handshake(limits: Limits) {
  return { handshakeTimeout: limits.headersMs, ALPNProtocols: ['h2', 'http/1.1'] };
}

function contextOf({ cert, key }: Certificate) {
  return { cert, key, minVersion: 'TLSv1.2' as const };
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}
