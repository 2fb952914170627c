import type { Filter, Page, PageRequest } from '#core/filter.ts';
import type { Log } from '#core/ports.ts';
import { decodeUser, type Row } from '#store/rows.ts';
import { beyond, conditionOf, leavesFew, narrowedBy, orderingOf } from './filter-sql.ts';
import { identifierValue } from './identifiers.ts';
import { changesBehind } from './search-index.ts';
import type { Search, SearchingData } from './searching-thread.ts';
import { Thread } from './thread.ts';

/** Searches, off the event loop and within a time; their thread starts with the first of them. */
export class Searches {
  readonly #path: string;
  readonly #timeMs: number;
  readonly #keepingUp: KeepingUp;
  readonly #givenUp = new Int32Array(new SharedArrayBuffer(4));
  #thread: Thread | undefined;
  #isUsed = false;
  #isClosing = false;
  #preparing = 0;
  #keeping: NodeJS.Timeout | undefined;
  #log: Log | undefined;

  constructor(path: string, timeMs: number, keepingUp = inPassing) {
    this.#path = path;
    this.#timeMs = timeMs;
    this.#keepingUp = keepingUp;
  }

  async find(filter: Filter, page: PageRequest): Promise<Page> {
    const { offset, limit, order } = page;
    const walk = leavesFew(filter) ? undefined : walkOf(page);
    const search: Search = {
      where: [conditionOf(filter), beyond(page)],
      order: orderingOf(order),
      ...(walk && { walk }),
      narrowedBy: narrowedBy(filter),
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

  /** Brings an index that is far behind up to date at once, and keeps it near from then on while nobody searches. */
  async start(log: Log | undefined): Promise<void> {
    this.#log = log;
    const { everyMs, pauseMs } = this.#keepingUp;
    this.#keeping = setInterval(() => {
      if (this.#preparing === 0) void this.#prepare(worthKeepingUp, pauseMs).catch(() => {});
    }, everyMs).unref();
    try {
      const changes = changesBehind(this.#path);
      if (changes < worthPreparing) return;
      log?.info({ changes }, 'The search index is being made; until it is, searches may be given up.');
      await this.prepare();
      log?.info({ changes }, 'The search index is up to date.');
    } catch (error) {
      // It goes on from there at the next start.
      if (!this.#isClosing) log?.warn({ err: error }, 'The search index could not be made.');
    }
  }

  /** Resolves once all that has been committed is in the index. */
  prepare(): Promise<void> {
    return this.#prepare(1, 0);
  }

  /** The thread goes again, and its memory with it, unless somebody searches. */
  async #prepare(least: number, pauseMs: number): Promise<void> {
    if (changesBehind(this.#path) < least) return;
    this.#preparing += 1;
    try {
      await this.#started().ask('prepare', pauseMs);
    } finally {
      this.#preparing -= 1;
    }
    if (!this.#isUsed && this.#preparing === 0) await this.#endThread();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#keeping);
    await this.#endThread();
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.ask('close');
    await thread?.stop();
  }

  async #ask<Result>(topic: string, body: unknown): Promise<Result> {
    this.#isUsed = true;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await this.#started().ask<Result>(topic, body, (id) => {
        timer = setTimeout(() => Atomics.store(this.#givenUp, 0, id), this.#timeMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #started(): Thread {
    if (this.#thread && !this.#thread.gone) return this.#thread;
    // Each thread counts its searches from one.
    Atomics.store(this.#givenUp, 0, 0);
    this.#thread = new Thread(
      new URL('./searching-thread.ts', import.meta.url),
      {
        workerData: { path: this.#path, givenUp: this.#givenUp } satisfies SearchingData,
        resourceLimits: { maxYoungGenerationSizeMb: 4 },
      },
      (cause) => this.#log?.warn({ cause }, 'The search index could not be tidied; it will be tried again.'),
      (cause) => this.#log?.error({ cause }, 'The thread that searches has died; the next search starts another.'),
    );
    return this.#thread;
  }
}

/** Changes that a search takes in without being late itself. */
const worthPreparing = 20_000;
/** Changes that are taken in while nobody searches. */
const worthKeepingUp = 5000;

/** How often that is looked after, and for how long each of its steps is paused behind. */
interface KeepingUp {
  readonly everyMs: number;
  readonly pauseMs: number;
}
/** In about a twentieth of one processor's time. */
const inPassing: KeepingUp = { everyMs: 10_000, pauseMs: 1000 };

function walkOf({ order, after }: PageRequest): Search['walk'] {
  if (order?.by !== 'id') return undefined;
  const { dialect, descending = false } = order;
  return { dialect, descending, ...(after && { after: identifierValue(after.ids[dialect] ?? '') }) };
}
