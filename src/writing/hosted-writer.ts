import type { MessagePort } from 'node:worker_threads';
import type { AnyCommand } from '#core/command.ts';
import type { Log } from '#core/ports.ts';
import { Writer, type WriterOptions, type WriterPorts } from '#core/writer.ts';
import { type PostedSubmission, postFailure, postOutcome, type Report, SubmissionReader } from './post.ts';

export interface HostedWriterOptions extends Omit<WriterOptions, 'onBatch' | 'arrived' | 'maxBatch'> {
  /** Every command that may be posted. */
  readonly commands: readonly AnyCommand[];
  readonly elapsedMs: () => number;
}

type Mutable<List> = List extends readonly (infer Item)[] ? Item[] : never;
type Draft = { readonly [Part in keyof Report]: Mutable<Report[Part]> };

/**
 * Small enough that the other thread answers the callers of one batch while this one is at the next, large enough to
 * share the wait for the disk.
 */
const maxBatch = 64;

/** Serves a writer to the thread at the other end of a port, where a RemoteWriter stands for it. */
export class HostedWriter {
  readonly #port: MessagePort;
  readonly #writer: Writer;
  readonly #reader: SubmissionReader;
  /** What is posted at the end of this turn; undefined while there is nothing to tell. */
  #draft: Draft | undefined;

  constructor(
    port: MessagePort,
    ports: Omit<WriterPorts, 'log'>,
    { commands, elapsedMs, ...options }: HostedWriterOptions,
  ) {
    this.#port = port;
    this.#reader = new SubmissionReader(commands);
    const onBatch = (count: number) => {
      const start = elapsedMs();
      return () => void this.#report().batches.push([count, elapsedMs() - start]);
    };
    // This thread reads its port only between batches: then all that has come meanwhile makes the next one.
    const arrived = () => new Promise((resolve) => setImmediate(resolve));
    this.#writer = new Writer({ ...ports, log: this.#log() }, (commit) => void this.#report().commits.push(commit), {
      ...options,
      onBatch,
      arrived,
      maxBatch,
    });
    port.on('message', (posted: readonly PostedSubmission[]) => {
      for (const submission of posted) this.#submit(submission);
    });
  }

  #submit(posted: PostedSubmission): void {
    const [id] = posted;
    const replay = posted[11];
    try {
      this.#writer.submit(this.#reader.read(posted), replay).then(
        (outcome) => this.#report().outcomes.push(postOutcome(id, outcome)),
        (error) => this.#report().outcomes.push(postFailure(id, error)),
      );
    } catch (error) {
      this.#report().outcomes.push(postFailure(id, error));
    }
  }

  #report(): Draft {
    if (this.#draft) return this.#draft;
    const draft: Draft = { commits: [], batches: [], outcomes: [], notes: [] };
    this.#draft = draft;
    setImmediate(() => {
      this.#draft = undefined;
      this.#post(draft);
    });
    return draft;
  }

  #post(report: Report): void {
    try {
      this.#port.postMessage(report);
    } catch (error) {
      // Something in it cannot be copied, which is a bug: whoever waits is told so, rather than nothing.
      const outcomes = report.outcomes.map(([id]) => postFailure(id, error));
      this.#port.postMessage({ ...report, outcomes, notes: [] } satisfies Report);
    }
  }

  #log(): Log {
    const note = (level: 'debug' | 'info' | 'warn' | 'error') => (facts: object, text: string) =>
      void this.#report().notes.push([level, facts, text]);
    return { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  }
}
