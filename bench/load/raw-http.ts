import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Template } from './scenarios.ts';

/**
 * One connection over which HTTP/1.1 requests go one at a time. Node's own client would take a third of a processor
 * from the server that is measured.
 */
export class RawHttp {
  readonly #socket: Socket;
  readonly #host: string;
  #text = '';
  #settle: ((answered: string | undefined) => void) | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => this.#read(piece));
    socket.on('error', () => {});
    socket.on('close', () => this.#end(undefined));
  }

  static async open(origin: string): Promise<RawHttp> {
    const { hostname, port, host } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new RawHttp(socket, host);
  }

  /** The body of an answer 200, each byte a character; undefined for any other, and for none. */
  ask({ method, path, headers, body }: Template): Promise<string | undefined> {
    const fields = Object.entries({ host: this.#host, ...headers, 'content-length': Buffer.byteLength(body) });
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (this.#socket.closed) this.#end(undefined);
      else this.#socket.write(`${method} ${path} HTTP/1.1\r\n${lines}\r\n${body}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(piece: string): void {
    this.#text += piece;
    const bodyAt = this.#text.indexOf('\r\n\r\n') + 4;
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(this.#text)?.[1];
    if (bodyAt < 4 || this.#text.length < bodyAt + Number(length ?? 0)) return;
    const isGood = this.#text.startsWith('HTTP/1.1 200 ') && length !== undefined;
    const body = this.#text.slice(bodyAt);
    this.#text = '';
    this.#end(isGood ? body : undefined);
  }

  #end(answered: string | undefined): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(answered);
  }
}
