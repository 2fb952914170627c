import { connect, type Socket } from 'node:net';

/** How long an answer may take before it counts as none. */
export const patienceMs = 20_000;

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Nothing came within the time that a caller waits. */
export class Hang extends Error {
  override readonly name = 'Hang';
}

/** A kept-alive connection over which requests go as bytes, well-formed or not, one after the other. */
export class Connection {
  readonly #port: number;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = true;
  #wake: () => void = () => {};

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * Sends requests in one go and answers as many answers, fewer when the server closes after one. Rejects with a Hang
   * when one does not come, and when the connection ends without any or with half of one.
   */
  async exchange(request: Buffer, methods: readonly string[]): Promise<readonly Answer[]> {
    try {
      return await this.#exchange(request, methods);
    } catch (error) {
      // What is left on it belongs to no other request.
      this.close();
      throw error;
    }
  }

  async #exchange(request: Buffer, methods: readonly string[]): Promise<readonly Answer[]> {
    const reused = !this.#isClosed;
    if (!reused) this.#open();
    this.#socket?.write(request);
    const answers: Answer[] = [];
    for (const method of methods) {
      const answer = await this.#next(method);
      // An idle connection may be closed by the server at any time: then it has seen nothing of this request.
      if (answer === undefined && reused && answers.length === 0 && this.#received.length === 0) {
        this.close();
        return this.#exchange(request, methods);
      }
      if (answer === undefined) break;
      answers.push(answer);
      if (answer.headers.get('connection') === 'close') {
        this.close();
        break;
      }
    }
    if (answers.length === 0) throw new Error(`closed without an answer, after ${this.#received.length} bytes`);
    if (this.#received.length > 0) throw new Error(`unasked for: ${this.#received.subarray(0, 500)}`);
    return answers;
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
    this.#received = Buffer.alloc(0);
  }

  #open(): void {
    this.close();
    this.#isClosed = false;
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#socket !== socket) return;
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    const ended = (): void => {
      if (this.#socket !== socket) return;
      this.#isClosed = true;
      this.#wake();
    };
    socket.on('end', ended).on('close', ended).on('error', ended);
  }

  /** Undefined when the connection has ended before the next answer. */
  async #next(method: string): Promise<Answer | undefined> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, patienceMs);
    try {
      for (;;) {
        const read = readAnswer(this.#received, method, this.#isClosed);
        if (read !== undefined) {
          this.#received = this.#received.subarray(read.length);
          if (read.answer.status >= 200) return read.answer;
          continue;
        }
        if (this.#isClosed) return undefined;
        if (late) {
          this.close();
          throw new Hang(`no answer within ${patienceMs} ms`);
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Read {
  readonly answer: Answer;
  /** How many bytes it is. */
  readonly length: number;
}

/** The answer that some bytes begin with; undefined while it is not whole. */
export function readAnswer(bytes: Buffer, method: string, isClosed: boolean): Read | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error(`this is no HTTP answer: ${statusLine.slice(0, 200)}`);
  const headers = new Map(lines.map((line) => splitAt(line, ':')));
  const isEmpty = method === 'HEAD' || status < 200 || status === 204 || status === 304;
  const content = isEmpty ? { body: '', length: 0 } : readContent(bytes.subarray(end + 4), headers, isClosed);
  return content && { answer: { status, headers, body: content.body }, length: end + 4 + content.length };
}

type Content = { readonly body: string; readonly length: number };

function readContent(bytes: Buffer, headers: Answer['headers'], isClosed: boolean): Content | undefined {
  if (headers.get('transfer-encoding') === 'chunked') return readChunks(bytes);
  const length = Number(headers.get('content-length') ?? (isClosed ? bytes.length : Number.POSITIVE_INFINITY));
  return bytes.length < length ? undefined : { body: bytes.toString('utf8', 0, length), length };
}

function readChunks(bytes: Buffer): Content | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks).toString(), length: next };
    chunks.push(bytes.subarray(line + 2, next - 2));
    at = next;
  }
}

function splitAt(line: string, mark: string): readonly [string, string] {
  const at = line.indexOf(mark);
  return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
}

/** Sends bytes on a connection of their own, in these pieces, says that no more come, and answers all that comes back. */
export function sendBytes(port: number, pieces: readonly Buffer[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Hang(`not closed within ${patienceMs} ms`));
    }, patienceMs);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A reset is an answer too: the server will have no more of this.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    socket.on('connect', async () => {
      for (const piece of pieces) await new Promise<void>((sent) => socket.write(piece, () => sent()));
      socket.end();
    });
  });
}
