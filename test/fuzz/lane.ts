import { isUtf8 } from 'node:buffer';
import type { Case, Message } from './cases.ts';
import { Connection, readAnswer, sendBytes } from './connection.ts';
import { expectNoInnards, judge, judgeMessage } from './oracle.ts';
import { Peer } from './peer.ts';
import type { RawBytes } from './raw-bytes.ts';
import { textsIn } from './raw-frames.ts';
import type { HttpRequest } from './request.ts';
import type { FuzzedServer } from './server.ts';
import type { Tally } from './tally.ts';

/** One client of the server: it sends one thing after the other, each time until it is answered. */
export class Lane {
  /** What it has sent last. */
  sending = '';
  readonly #server: FuzzedServer;
  readonly #tally: Tally;
  readonly #connection: Connection;
  readonly #peers = new Map<string, Peer>();

  constructor(server: FuzzedServer, tally: Tally) {
    this.#server = server;
    this.#tally = tally;
    this.#connection = new Connection(server.port);
  }

  /** Sends it and judges what is answered. Rejects with an error that shows both. */
  async send(one: Case): Promise<void> {
    if ('requests' in one) await this.#sendRequests(one.requests);
    else if ('message' in one) await this.#sendMessage(one.message);
    else await this.#sendBytes(one.bytes, one.isSocket);
  }

  close(): void {
    this.#connection.close();
    for (const peer of this.#peers.values()) peer.close();
  }

  async #sendRequests(requests: readonly HttpRequest[]): Promise<void> {
    const bytes = requests.map((request) => this.#bytesOf(request));
    this.sending = bytes.join('');
    const answers = await showing(bytes, () =>
      this.#connection.exchange(
        Buffer.concat(bytes),
        requests.map(({ method }) => method),
      ),
    );
    for (const [index, answer] of answers.entries()) {
      const request = requests[index];
      if (request === undefined) throw new Error('more answers than requests');
      await this.#note(`${request.dialect} ${request.operation.name}`, answer.status);
      await showing([bytes[index] ?? '', `\n\n${answer.status} ${answer.body.slice(0, 3000)}`], async () =>
        judge(request, answer),
      );
    }
  }

  /** Whoever has been deleted is replaced, so that there is somebody left to ask for. */
  async #note(operation: string, status: number): Promise<void> {
    this.#tally.count(operation, status);
    if (/delete/i.test(operation) && (status === 200 || status === 204)) await this.#server.refreshPeople();
  }

  #bytesOf({ dialect, method, path, headers, body, isChunked }: HttpRequest): Buffer {
    const named = (text: string) => text.replace(/@user(\d+)@/g, (_, index) => this.#idOf(dialect, Number(index)));
    const content = typeof body === 'string' ? Buffer.from(named(body)) : Buffer.from(body ?? []);
    const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${content.length}`;
    const head = [
      `${method} ${named(path)} HTTP/1.1`,
      'Host: localhost',
      ...headers.map((header) => header.join(': ')),
      ...(body === undefined ? [] : [framing]),
    ];
    const chunks = content.length === 0 ? [] : [`${content.length.toString(16)}\r\n`, content, '\r\n'];
    const parts = isChunked && body !== undefined ? [...chunks, '0\r\n\r\n'] : [content];
    return Buffer.concat([
      Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'),
      ...parts.map((part) => Buffer.from(part)),
    ]);
  }

  #idOf(dialect: string, index: number): string {
    return this.#server.people[index]?.[dialect] ?? '';
  }

  async #sendMessage({ dialect, operation, text, isAnonymous }: Message): Promise<void> {
    const message = text.replace(/@user(\d+)@/g, (_, index) => this.#idOf(dialect.name, Number(index)));
    this.sending = message;
    const peer = this.#peerOf(`ws://127.0.0.1:${this.#server.port}${dialect.socket}`, isAnonymous);
    const answer = await showing([message], () => peer.ask(message));
    await this.#note(`${dialect.name} ${operation.name}`, codeIn(answer));
    // This connection may be somebody else's now.
    if (operation.name === 'authenticate') peer.close();
    await showing([message, `\n\n${answer}`], async () =>
      judgeMessage(dialect, operation.isBuilt && message.includes(JSON.stringify(operation.name)), answer),
    );
  }

  #peerOf(url: string, isAnonymous: boolean): Peer {
    const key = `${isAnonymous} ${url}`;
    const peer = this.#peers.get(key) ?? new Peer(url, isAnonymous ? undefined : this.#server.owner);
    this.#peers.set(key, peer);
    return peer;
  }

  async #sendBytes({ pieces }: RawBytes, isSocket: boolean): Promise<void> {
    this.sending = pieces.join('');
    const received = await showing(pieces, () => sendBytes(this.#server.port, pieces));
    this.#tally.count(isSocket ? 'frames' : 'bytes', 0);
    await showing([...pieces, `\n\n${received.toString('latin1')}`], async () => judgeBytes(received));
  }
}

/** Whatever comes back for bytes that are no request is HTTP and no fault of the server's own. */
function judgeBytes(received: Buffer): void {
  for (let rest = received; rest.length > 0; ) {
    const read = readAnswer(rest, 'GET', true);
    if (read === undefined) return;
    const { status, body } = read.answer;
    expectNoInnards(body);
    if (status >= 500 && status !== 501 && status !== 503) throw new Error(`status ${status}`);
    rest = rest.subarray(read.length);
    if (status !== 101) continue;
    for (const text of textsIn(rest)) expectNoInnards(text);
    return;
  }
}

function codeIn(answer: string | undefined): number {
  if (answer === undefined) return 0;
  return /"status":"success"/.test(answer) ? 200 : Number(/"code":(\d+)/.exec(answer)?.[1] ?? 0);
}

/** The work's error, if it has one, with what was sent and answered behind it. */
async function showing<Result>(what: readonly (Buffer | string)[], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const shown = what
      .map((part) => (typeof part === 'string' ? part : part.toString(isUtf8(part) ? 'utf8' : 'latin1')))
      .join('');
    const cut = shown.length > 6000 ? `${shown.slice(0, 3000)} … ${shown.slice(-3000)}` : shown;
    throw new Error(`${(error as Error).message}, for\n\n${cut}`, { cause: error });
  }
}
