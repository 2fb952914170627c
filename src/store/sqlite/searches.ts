import type { Filter, Page, PageRequest } from '#core/filter.ts';
import { decodeUser, type Row } from './decode.ts';
import { conditionOf } from './filter-sql.ts';
import type { Search, SearchingData } from './searching-thread.ts';
import { Thread } from './thread.ts';

/** Searches, off the event loop and within a time; their thread starts with the first of them. */
export class Searches {
  readonly #path: string;
  readonly #timeMs: number;
  readonly #givenUp = new Int32Array(new SharedArrayBuffer(4));
  #thread: Thread | undefined;

  constructor(path: string, timeMs: number) {
    this.#path = path;
    this.#timeMs = timeMs;
  }

  async find(filter: Filter, { offset, limit }: PageRequest): Promise<Page> {
    this.#thread ??= new Thread(new URL('./searching-thread.ts', import.meta.url), {
      path: this.#path,
      givenUp: this.#givenUp,
    } satisfies SearchingData);
    // One more than wanted shows whether there are more.
    const search: Search = { ...conditionOf(filter), offset, limit: limit + 1 };
    let timer: NodeJS.Timeout | undefined;
    try {
      const rows = await this.#thread.ask<Row[]>('find', search, (id) => {
        timer = setTimeout(() => Atomics.store(this.#givenUp, 0, id), this.#timeMs);
      });
      return { users: rows.slice(0, limit).map(decodeUser), hasMore: rows.length > limit };
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#thread?.ask('close');
    await this.#thread?.stop();
  }
}
