import { DatabaseSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import { Checkpoints } from './checkpoints.ts';
import type { EncodedUnit } from './encode.ts';
import { LocalStore } from './local-store.ts';
import { knownMigrations, migrate } from './migrations.ts';
import { Pruning } from './prune.ts';
import { answerQuestions, type Handlers, notice } from './thread.ts';
import { Transactions } from './transactions.ts';

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
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? 'FULL' : 'OFF'};
    PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;`);
  migrate(db, knownMigrations());
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
  return db;
}

function serve(db: DatabaseSync, transactions: Transactions, checkpoints: Checkpoints): Handlers {
  const pruning = new Pruning(db);
  return {
    apply: (units: readonly EncodedUnit[]) => transactions.commit(units),
    allocate: ({ sequence, count }: Allocation) => transactions.sequences.allocate(sequence, count),
    prune: (now: string) => pruning.prune(now),
    check: () => void db.prepare('SELECT n FROM feed_heads').get(),
    close: async () => {
      await checkpoints.close();
      db.close();
      await checkpoints.stop();
    },
  };
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
  let checkpoints: Checkpoints | undefined;
  /** After the answer, so that no caller waits for it. */
  const afterwards = (): void => checkpoints?.consider();
  const handlers: Handlers = {
    open: () => {
      const database = open(data);
      const transactions = new Transactions(database);
      checkpoints = new Checkpoints(database, data.path, (error) => notice(port, error));
      Object.assign(handlers, serve(database, transactions, checkpoints));
      opened(new LocalStore(database, transactions, afterwards));
    },
  };
  answerQuestions(port, handlers, afterwards);
}
