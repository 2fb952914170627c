import type { Socket } from 'node:net';

/** One message of PostgreSQL's protocol, version 3. */
export interface Message {
  readonly from: 'frontend' | 'backend';
  /** The connection that it is on: the first through a proxy is 1. */
  readonly connection: number;
  /**
   * The letter that the protocol gives it; a frontend's first messages have none and are called `startup`, `ssl`,
   * `gss` and `cancel` here, and the one byte that answers `ssl` and `gss` is `answer`.
   */
  readonly type: string;
  /** All of it, as it is on the wire. */
  readonly bytes: Buffer;
  /** The same as text, whatever is not text in it. */
  readonly text: string;
  /** Of a `Q`, and of a `B`, which may bind what was prepared long before: the SQL that it has done. */
  readonly sql?: string;
}

/** What both directions of a connection know of it. */
export interface Conversation {
  readonly connection: number;
  /** How many requests for encryption wait for their answer, which has no frame. */
  unanswered: number;
  /** SQL by the names under which it was prepared. */
  readonly prepared: Map<string, string>;
}

const openings = new Map([
  [80_877_103, 'ssl'],
  [80_877_104, 'gss'],
  [80_877_102, 'cancel'],
]);

/** The messages that a client sends; ends where the last whole one does. */
export async function* frontendMessages(socket: Socket, conversation: Conversation): AsyncGenerator<Message> {
  const reader = new ByteReader(socket);
  const message = messageOn(conversation, 'frontend');
  for (;;) {
    const bytes = await reader.frame(0);
    if (bytes === undefined) return;
    const opening = openings.get(bytes.readUInt32BE(4)) ?? 'startup';
    if (opening === 'ssl' || opening === 'gss') conversation.unanswered += 1;
    yield message(opening, bytes);
    if (opening === 'startup') break;
  }
  for await (const each of typed(reader, message)) yield withSql(each, conversation);
}

/** The messages that the server sends. */
export async function* backendMessages(socket: Socket, conversation: Conversation): AsyncGenerator<Message> {
  const reader = new ByteReader(socket);
  const message = messageOn(conversation, 'backend');
  for (;;) {
    if (!(await reader.has(1))) return;
    if (conversation.unanswered === 0) break;
    conversation.unanswered -= 1;
    const answer = reader.take(1);
    if (answer.toString() !== 'N') throw new Error('This proxy cannot read what is encrypted: switch TLS off.');
    yield message('answer', answer);
  }
  yield* typed(reader, message);
}

/** A `P` names its SQL, and a `B` the portal and then what it binds. */
function withSql(message: Message, { prepared }: Conversation): Message {
  const [first = '', second = ''] = message.text.slice(5).split('\0', 2);
  if (message.type === 'P') prepared.set(first, second);
  if (message.type === 'Q') return { ...message, sql: first };
  return message.type === 'B' ? { ...message, sql: prepared.get(second) ?? '' } : message;
}

type MessageOf = (type: string, bytes: Buffer) => Message;

function messageOn({ connection }: Conversation, from: Message['from']): MessageOf {
  return (type, bytes) => ({ from, connection, type, bytes, text: bytes.toString() });
}

async function* typed(reader: ByteReader, message: MessageOf): AsyncGenerator<Message> {
  for (;;) {
    const bytes = await reader.frame(1);
    if (bytes === undefined) return;
    yield message(bytes.toString('latin1', 0, 1), bytes);
  }
}

class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #read: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#chunks = socket.iterator({ destroyOnReturn: false });
  }

  /** Reads until this many bytes are there; false when there will never be. */
  async has(length: number): Promise<boolean> {
    if (this.#read.length >= length) return true;
    const parts = [this.#read];
    let total = this.#read.length;
    while (total < length) {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      parts.push(value);
      total += value.length;
    }
    this.#read = Buffer.concat(parts);
    return true;
  }

  take(length: number): Buffer {
    const taken = this.#read.subarray(0, length);
    this.#read = this.#read.subarray(length);
    return taken;
  }

  /** The next message, whose length stands after so many bytes and does not count them. */
  async frame(before: number): Promise<Buffer | undefined> {
    if (!(await this.has(before + 4))) return undefined;
    const length = before + this.#read.readUInt32BE(before);
    return (await this.has(length)) ? this.take(length) : undefined;
  }
}
