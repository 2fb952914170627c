import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

/** After a failed sync nobody knows what is on the disk: this thread takes nothing more, and answers nothing. */
function endThread(error: unknown): Promise<never> {
  setImmediate(() => {
    throw error;
  });
  return new Promise(() => {});
}

/**
 * Sees to it that what has been committed outlives a power failure. SQLite itself is told not to wait for the disk at a commit (`synchronous=NORMAL`):
 * the log is synced here, off this thread, while the next batch is decided; who waits for a commit is answered only
 * then. A commit that is synced has all that were before it with it, as they stand in one log.
 */
export class Durability {
  readonly #file: number | undefined;
  #underWay: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param path of the database; undefined for a store that is thrown away anyway */
  constructor(path: string | undefined) {
    // Of the log, unlike the database, SQLite holds no locks, so that it may be opened and closed beside it.
    this.#file = path === undefined ? undefined : openSync(`${path}-wal`, 'r+');
  }

  /** Resolves when all that has been committed is on the disk, in the order of the commits. */
  async reached(): Promise<void> {
    if (this.#file === undefined) return;
    // What is under way may have begun before this commit; one more then serves all that come meanwhile.
    this.#next ??= this.#begin(this.#file);
    await this.#next;
  }

  async #begin(file: number): Promise<void> {
    await this.#underWay;
    this.#next = undefined;
    this.#underWay = sync(file).catch(endThread);
    await this.#underWay;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}
