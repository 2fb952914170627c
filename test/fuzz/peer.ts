import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Hang, patienceMs } from './connection.ts';

/** A WebSocket that is opened when it is needed, and answered one message at a time. */
export class Peer {
  readonly #url: string;
  readonly #token: string | undefined;
  #socket: WebSocket | undefined;

  constructor(url: string, token?: string) {
    this.#url = url;
    this.#token = token;
  }

  /** The answer to a message; undefined when the server has closed instead. Rejects with a Hang when neither comes. */
  async ask(message: string): Promise<string | undefined> {
    const socket = await this.#open();
    socket.send(message);
    return await this.#next(socket);
  }

  close(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  async #open(): Promise<WebSocket> {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    await once(socket, 'open');
    if (this.#token === undefined) return socket;
    socket.send(JSON.stringify({ action: 'authenticate', token: this.#token }));
    const closed = once(socket, 'close');
    const answer = (await this.#next(socket)) ?? `closed with ${(await closed)[0]}`;
    if (!answer.includes('success')) throw new Error(`cannot authenticate: ${answer}`);
    return socket;
  }

  async #next(socket: WebSocket): Promise<string | undefined> {
    const over = new AbortController();
    const { signal } = over;
    const timer = setTimeout(() => over.abort(), patienceMs);
    try {
      const [event] = await Promise.race([once(socket, 'message', { signal }), once(socket, 'close', { signal })]);
      return Buffer.isBuffer(event) ? event.toString() : undefined;
    } catch (error) {
      if (!signal.aborted) throw error;
      this.close();
      throw new Hang(`no answer within ${patienceMs} ms`);
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }
}
