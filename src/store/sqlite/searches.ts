import type { Filter, Page, PageRequest } from '#core/filter.ts';
import { decodeUser, type Row } from '#store/rows.ts';
import { beyond, conditionOf, leavesFew, orderingOf, requiredTrigrams } from './filter-sql.ts';
import { identifierValue } from './identifiers.ts';
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

  async find(filter: Filter, page: PageRequest): Promise<Page> {
    const { offset, limit, order } = page;
    const walk = leavesFew(filter) ? undefined : walkOf(page);
    const search: Search = {
      where: [conditionOf(filter), beyond(page)],
      order: orderingOf(order),
      ...(walk && { walk }),
      trigrams: requiredTrigrams(filter),
      offset: Math.min(offset, Number.MAX_SAFE_INTEGER),
      // One more than wanted shows whether there are more.
      limit: limit + 1,
    };
    const rows = await this.#ask<Row[]>('find', search);
    return { users: rows.slice(0, limit).map(decodeUser), hasMore: rows.length > limit };
  }

  count(filter: Filter): Promise<number> {
    return this.#ask('count', conditionOf(filter));
  }

  async close(): Promise<void> {
    await this.#thread?.ask('close');
    await this.#thread?.stop();
  }

  async #ask<Result>(topic: string, body: unknown): Promise<Result> {
    this.#thread ??= new Thread(new URL('./searching-thread.ts', import.meta.url), {
      workerData: { path: this.#path, givenUp: this.#givenUp } satisfies SearchingData,
    });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await this.#thread.ask<Result>(topic, body, (id) => {
        timer = setTimeout(() => Atomics.store(this.#givenUp, 0, id), this.#timeMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

function walkOf({ order, after }: PageRequest): Search['walk'] {
  if (order?.by !== 'id') return undefined;
  const { dialect, descending = false } = order;
  return { dialect, descending, ...(after && { after: identifierValue(after.ids[dialect] ?? '') }) };
}
