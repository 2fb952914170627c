import { type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';
import { errorOf, type Failure, failureOf } from './failure.ts';

interface Question {
  readonly id: number;
  readonly topic: string;
  readonly body: unknown;
}
type Answer = { readonly id: number } & ({ readonly ok: unknown } | { readonly failure: Failure });
interface Notice {
  readonly notice: string;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that takes up questions in the order in which they were asked. It keeps the process alive while somebody
 * waits for an answer, not otherwise.
 */
export class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #gone: Failure | undefined;
  #stopping = false;

  /** `noticed` is told what went wrong while nobody waited for it, `died` when the thread ends without being asked to. */
  constructor(
    program: URL,
    options: Pick<WorkerOptions, 'workerData' | 'transferList' | 'resourceLimits'>,
    noticed: (text: string) => void = () => {},
    died: (text: string) => void = () => {},
  ) {
    this.#worker = new Worker(program, options);
    this.#worker.on('message', (message: Answer | Notice) => {
      if ('notice' in message) noticed(message.notice);
      else this.#answered(message);
    });
    this.#worker.on('error', (error) => this.#end(failureOf(error).text));
    this.#worker.on('exit', (code) => {
      this.#end('The store is closed.');
      if (!this.#stopping) died(this.#gone?.text ?? `exit ${code}`);
    });
    this.#worker.unref();
  }

  /** Why it answers no more, if so. */
  get gone(): Error | undefined {
    return this.#gone && errorOf(this.#gone);
  }

  /** Asks; `body` and the answer are copied between the threads. The id of the question is told to `asked`. */
  ask<Result>(topic: string, body?: unknown, asked?: (id: number) => void): Promise<Result> {
    if (this.#gone) return Promise.reject(errorOf(this.#gone));
    const id = ++this.#lastId;
    if (this.#waiting.size === 0) this.#worker.ref();
    const answer = new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
    });
    this.#worker.postMessage({ id, topic, body } satisfies Question);
    asked?.(id);
    return answer;
  }

  /** Ends the thread at once; whoever waits is told that the store is unavailable. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // Whoever waits for its end would otherwise not keep the process until then.
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('ok' in answer) waiting?.resolve(answer.ok);
    else waiting?.reject(errorOf(answer.failure));
  }

  #end(text: string): void {
    this.#gone ??= { kind: 'unavailable', text };
    for (const { reject } of this.#waiting.values()) reject(errorOf(this.#gone));
    this.#waiting.clear();
  }
}

export type Handlers = Record<string, (body: never, id: number) => unknown>;

/** Tells the asking side what went wrong while nobody waited for it. */
export function notice(port: MessagePort, error: unknown): void {
  port.postMessage({ notice: failureOf(error).text } satisfies Notice);
}

/** The other side: answers each question by the handler of its topic. */
export function answerQuestions(port: MessagePort, handlers: Handlers): void {
  port.on('message', async ({ id, topic, body }: Question) => {
    port.postMessage(await answerTo(id, () => handlers[topic]?.(body as never, id)));
  });
}

async function answerTo(id: number, work: () => unknown): Promise<Answer> {
  try {
    return { id, ok: await work() };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}
