import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DirectoryError } from '#core/errors.ts';

/** What the thread is asked; it answers whether the password is right. */
export interface SlowCheck {
  readonly hash: string;
  readonly password: string;
}

/**
 * Checks passwords that only JavaScript can check, each in a thread that does nothing else meanwhile. It bounds no
 * number: one thread is kept for the next check, so as many run as are asked for at once.
 */
export class SlowChecks {
  readonly #deadlineMs: number;
  #idle: Worker | undefined;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Rejects with `deadline_exceeded` / `password_check_timed_out` when it takes too long; its thread is ended then. */
  async check(check: SlowCheck): Promise<boolean> {
    const thread = this.#idle ?? this.#start();
    this.#idle = undefined;
    thread.ref();
    const deadline = AbortSignal.timeout(this.#deadlineMs);
    try {
      const answer = once(thread, 'message', { signal: deadline });
      thread.postMessage(check);
      const [right] = await answer;
      this.#keep(thread);
      return right === true;
    } catch (cause) {
      void thread.terminate();
      if (!deadline.aborted) throw cause;
      throw new DirectoryError('deadline_exceeded', 'The password could not be checked in time; try again.', {
        reason: 'password_check_timed_out',
        cause,
      });
    }
  }

  #start(): Worker {
    const thread = new Worker(new URL('./checking-thread.ts', import.meta.url));
    // Whoever waits for its answer is told; while nobody does, it is only not kept any longer.
    thread.on('error', () => {});
    thread.on('exit', () => {
      if (this.#idle === thread) this.#idle = undefined;
    });
    return thread;
  }

  #keep(thread: Worker): void {
    if (this.#idle) {
      void thread.terminate();
    } else {
      thread.unref();
      this.#idle = thread;
    }
  }
}
