import { connect, type Socket } from 'node:net';
import { backendMessages, type Conversation, frontendMessages, type Message } from './messages.ts';
import type { How, When } from './proxy.ts';

/** Who decides what happens right before and after a message is forwarded, and is told that it was. */
export interface Witness {
  readonly meet: (when: When, message: Message) => (() => void) | undefined;
  readonly forwarded: (message: Message) => void;
}

/** One connection through a proxy. */
export class ProxiedConnection {
  /** Resolves when the server has closed it. */
  readonly over: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #conversation: Conversation;
  readonly #witness: Witness;
  #isCut = false;
  #stalled: PromiseWithResolvers<void> | undefined;

  constructor(number: number, client: Socket, targetPort: number, witness: Witness) {
    this.#client = client;
    this.#server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.#conversation = { connection: number, unanswered: 0, prepared: new Map() };
    this.#witness = witness;
    this.over = new Promise((resolve) => this.#server.once('close', () => resolve()));
    for (const socket of [this.#client, this.#server]) socket.on('error', () => undefined);
  }

  run(): void {
    this.#forward(frontendMessages(this.#client, this.#conversation), this.#server);
    this.#forward(backendMessages(this.#server, this.#conversation), this.#client);
  }

  stall(): void {
    this.#stalled ??= Promise.withResolvers();
  }

  resume(): void {
    this.#stalled?.resolve();
    this.#stalled = undefined;
  }

  cut(how: How): void {
    this.#isCut = true;
    this.resume();
    if (how === 'end') this.#client.end();
    else this.#client.resetAndDestroy();
    // No reset: it could overtake what was forwarded.
    if (how !== 'abandon') this.#server.end();
  }

  destroy(): void {
    this.cut('reset');
    this.#server.destroy();
  }

  async #forward(messages: AsyncIterable<Message>, to: Socket): Promise<void> {
    try {
      // After a cut it still reads, so that the server is not kept from its work by answers that nobody takes.
      for await (const message of messages) await this.#pass(message, to);
      await this.#untilResumed();
      if (!this.#isCut) to.end();
    } catch {
      // The other end has been reset, and so is this one.
      await this.#untilResumed();
      if (!this.#isCut) to.resetAndDestroy();
    }
  }

  async #pass(message: Message, to: Socket): Promise<void> {
    await this.#untilResumed();
    if (this.#isCut) return;
    this.#witness.meet('before', message)?.();
    await this.#untilResumed();
    if (this.#isCut) return;
    const then = this.#witness.meet('after', message);
    // Its answer must not come through before that has happened.
    if (then !== undefined) this.stall();
    if (await write(to, message.bytes)) this.#witness.forwarded(message);
    then?.();
  }

  async #untilResumed(): Promise<void> {
    while (this.#stalled !== undefined) await this.#stalled.promise;
  }
}

/** Resolves when it is the system's to deliver: a reset that follows does not overtake it. */
function write(to: Socket, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => to.write(bytes, (error) => resolve(!error)));
}
