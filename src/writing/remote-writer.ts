import type { MessagePort } from 'node:worker_threads';
import type { Submission } from '#core/decide.ts';
import type { Commit, Outcome } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import type { Replay } from '#core/replay.ts';
import { type Committing, queueFull, shuttingDown } from '#core/writer.ts';
import { type PostedSubmission, postSubmission, type Report, readOutcome } from './post.ts';

interface Waiting {
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

const defaultMaxWaiting = 10_000;

export interface RemoteWriterOptions {
  readonly log: Log;
  /** Commands that wait, at most; beyond it callers are refused at once. */
  readonly maxWaiting?: number;
  /** Is told of every batch: how many commands, and milliseconds until it was durable. */
  readonly batched?: (commands: number, ms: number) => void;
}

/** A writer in another thread: it loads, decides and commits, so that this one has its time for callers. */
export class RemoteWriter implements Committing {
  readonly #port: MessagePort;
  readonly #onCommit: (commit: Commit) => void;
  readonly #options: RemoteWriterOptions;
  readonly #waiting = new Map<number, Waiting>();
  #outbox: PostedSubmission[] = [];
  #lastId = 0;
  #refusal: DirectoryError | undefined;
  #idle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  /** @param port the other end of which a HostedWriter answers */
  constructor(port: MessagePort, onCommit: (commit: Commit) => void, options: RemoteWriterOptions) {
    this.#port = port;
    this.#onCommit = onCommit;
    this.#options = options;
    port.on('message', (report: Report) => this.#take(report));
    port.on('close', () => this.#end());
    port.unref();
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  submit(submission: Submission, replay?: Replay): Promise<Outcome<unknown>> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    if (this.#waiting.size >= (this.#options.maxWaiting ?? defaultMaxWaiting)) return Promise.reject(queueFull());
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#outbox.push(postSubmission(id, submission, replay));
      if (this.#waiting.size === 0) this.#port.ref();
      this.#waiting.set(id, { resolve, reject });
      // Once for all that arrives in this turn of the event loop.
      if (this.#outbox.length === 1) setImmediate(() => this.#post());
    });
  }

  close(): Promise<void> {
    this.#refusal ??= shuttingDown();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#waiting.size > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    this.#port.close();
  }

  #post(): void {
    const posted = this.#outbox;
    this.#outbox = [];
    try {
      this.#port.postMessage(posted);
    } catch {
      for (const submission of posted) this.#postAlone(submission);
    }
  }

  /** What cannot be copied is refused, and harms no neighbour. */
  #postAlone(submission: PostedSubmission): void {
    try {
      this.#port.postMessage([submission]);
    } catch (error) {
      const [id] = submission;
      this.#waiting.get(id)?.reject(error);
      this.#waiting.delete(id);
      this.#restWhenIdle();
    }
  }

  /** The commits first: who is answered must find nothing remembered that it has changed. */
  #take({ commits, batches, outcomes, notes }: Report): void {
    for (const commit of commits) this.#onCommit(commit);
    for (const [commands, ms] of batches) this.#options.batched?.(commands, ms);
    for (const [level, facts, text] of notes) this.#options.log[level](facts, text);
    for (const posted of outcomes) {
      const waiting = this.#waiting.get(posted[0]);
      this.#waiting.delete(posted[0]);
      try {
        waiting?.resolve(readOutcome(posted));
      } catch (error) {
        waiting?.reject(error);
      }
    }
    this.#restWhenIdle();
  }

  #restWhenIdle(): void {
    if (this.#waiting.size > 0) return;
    this.#port.unref();
    this.#idle?.();
  }

  /** The other thread is gone: nothing that waits is known to be durable, nothing more is taken. */
  #end(): void {
    this.#refusal ??= new DirectoryError('unavailable', 'The store cannot answer at present: repeat the call later.', {
      reason: 'store_unavailable',
    });
    for (const { reject } of this.#waiting.values()) reject(this.#refusal);
    this.#waiting.clear();
    this.#restWhenIdle();
  }
}
