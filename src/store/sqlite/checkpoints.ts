import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Thread } from './thread.ts';

/**
 * The log is written to the database once it has this many pages (8 MiB). A page that many commits have touched is then
 * written back once for all of them; and what is written at once keeps the log from being synced for 20 to 40 ms,
 * where 32 MiB do for 100. It is then reused from its start, never cut.
 */
const checkpointPages = 2000;

/** Beyond it (128 MiB) commits wait for the log to be written back: the disk cannot keep up. */
const maxPages = 16 * checkpointPages;

/** So few pages are written back in the thread that writes: it is the only one that can catch up with itself. */
const lastPages = 500;

/**
 * Writes the log back into the database, in a thread of its own: that takes as long as the disk needs for some
 * thousands of pages, and commits go on meanwhile. What they add is written back in turn, less each time, until the
 * little that is left no longer keeps anybody waiting; then all is back, and the log starts anew.
 */
export class Checkpoints {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #failed: (error: unknown) => void;
  readonly #state: StatementSync;
  #thread: Thread | undefined;
  /** So many pages are waited for. */
  #nextAt = checkpointPages;
  #running: Promise<void> | undefined;

  /**
   * @param db the connection that writes
   * @param failed is told why the log could not be written back; it is tried again some hundred pages later
   */
  constructor(db: DatabaseSync, path: string, failed: (error: unknown) => void) {
    this.#db = db;
    this.#path = path;
    this.#failed = failed;
    this.#state = db.prepare('PRAGMA main.wal_checkpoint(NOOP)');
  }

  /** Begins to write back if it is time; called after each commit. */
  consider(): void {
    try {
      if (this.#db.isOpen) this.#considerAt(this.#pagesLeft());
    } catch (error) {
      this.#failed(error);
    }
  }

  #considerAt(pages: number): void {
    if (pages < this.#nextAt) return;
    if (pages >= maxPages) {
      this.#nextAt = pages + lastPages;
      // Waits for the other thread to be done, and does the rest.
      this.#db.exec('PRAGMA main.wal_checkpoint(FULL)');
      this.#nextAt = checkpointPages;
    } else {
      this.#running ??= this.#writeBackOrTell(pages);
    }
  }

  async #writeBackOrTell(pages: number): Promise<void> {
    try {
      await this.#writeBack();
      this.#nextAt = checkpointPages;
    } catch (error) {
      // Not at every commit, and with another thread, as this one may be gone.
      this.#nextAt = pages + lastPages;
      this.#failed(error);
      await this.stop();
    }
    this.#running = undefined;
  }

  /** Lets go of the database. */
  async close(): Promise<void> {
    await this.#running;
    await this.#thread?.ask('close');
  }

  /** Ends the thread, once every connection of this process has been closed. */
  async stop(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.stop();
  }

  async #writeBack(): Promise<void> {
    this.#thread ??= new Thread(new URL('./checkpointing-thread.ts', import.meta.url), { workerData: this.#path });
    for (let left = Number.POSITIVE_INFINITY; ; ) {
      await this.#thread.ask('checkpoint');
      const now = this.#pagesLeft();
      if (now <= lastPages || now >= left) break;
      left = now;
    }
    this.#db.exec('PRAGMA main.wal_checkpoint(PASSIVE)');
  }

  #pagesLeft(): number {
    const { log, checkpointed } = this.#state.get() as { readonly log: number; readonly checkpointed: number };
    return log - checkpointed;
  }
}
