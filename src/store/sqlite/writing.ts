import { DatabaseSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import type { MessageClaim, MessageSettlement } from '#core/message.ts';
import type { Row } from '#store/rows.ts';
import { Checkpoints } from './checkpoints.ts';
import { Deliveries } from './deliveries.ts';
import { Durability } from './durability.ts';
import type { EncodedUnit } from './encode.ts';
import { LocalStore } from './local-store.ts';
import { knownMigrations, migrate } from './migrations.ts';
import { Pruning } from './prune.ts';
import { answerQuestions, type Handlers, notice } from './thread.ts';
import { type Numbered, Transactions } from './transactions.ts';

/** What the writing thread is told when it starts. */
export interface WritingData {
  readonly path: string;
  /** False: for a store that is thrown away anyway. */
  readonly durable: boolean;
  readonly maxPages?: number;
}

export interface Allocation {
  readonly sequence: string;
  readonly count: number;
}

function open({ path, durable, maxPages }: WritingData): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 2000 });
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? 'NORMAL' : 'OFF'};
    PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;`);
  migrate(db, knownMigrations());
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
  return db;
}

/** What happens to the open database in this thread. */
class Writing {
  readonly #db: DatabaseSync;
  readonly #transactions: Transactions;
  readonly #durability: Durability;
  readonly #checkpoints: Checkpoints;
  readonly #pruning: Pruning;
  readonly #deliveries: Deliveries;

  /** @param failed is told of what has gone wrong while nobody waited for it */
  constructor(db: DatabaseSync, { path, durable }: WritingData, failed: (error: unknown) => void) {
    this.#db = db;
    this.#transactions = new Transactions(db);
    this.#durability = new Durability(durable ? path : undefined);
    this.#checkpoints = new Checkpoints(db, path, failed);
    this.#pruning = new Pruning(db);
    this.#deliveries = new Deliveries(db);
  }

  /** The store as it is seen from within this thread. */
  get store(): LocalStore {
    return new LocalStore(this.#db, (units) => this.#commit(units));
  }

  get handlers(): Handlers {
    return {
      apply: (units: readonly EncodedUnit[]) => this.#commit(units),
      allocate: ({ sequence, count }: Allocation) => this.#transactions.sequences.allocate(sequence, count),
      prune: (now: string) => this.#pruning.prune(now),
      claim: (claim: MessageClaim) => this.#claim(claim),
      settle: (settlement: MessageSettlement) => this.#deliveries.settle(settlement),
      check: () => void this.#db.prepare('SELECT n FROM feed_heads').get(),
      close: () => this.#close(),
    };
  }

  /** Resolves once the units are durable. */
  async #commit(units: readonly EncodedUnit[]): Promise<Numbered[]> {
    const numbers = this.#transactions.commit(units);
    await this.#durability.reached();
    // After the answer, so that no caller waits for it.
    setImmediate(() => this.#checkpoints.consider());
    return numbers;
  }

  /** Nothing leaves of which a power failure could take the code back. */
  async #claim(claim: MessageClaim): Promise<Row[]> {
    const rows = this.#deliveries.claim(claim);
    if (rows.length > 0) await this.#durability.reached();
    return rows;
  }

  async #close(): Promise<void> {
    try {
      await this.#checkpoints.close();
    } finally {
      this.#durability.close();
      this.#db.close();
      await this.#checkpoints.stop();
    }
  }
}

/**
 * What the thread that writes does: it opens the database when it is told to, and answers what is asked of it.
 * @param opened is given the store as it is seen from within this thread
 */
export function answerWrites(
  port: MessagePort,
  data: WritingData,
  opened: (store: LocalStore) => void = () => {},
): void {
  const handlers: Handlers = {
    open: () => {
      const writing = new Writing(open(data), data, (error) => notice(port, error));
      Object.assign(handlers, writing.handlers);
      opened(writing.store);
    },
  };
  answerQuestions(port, handlers);
}
