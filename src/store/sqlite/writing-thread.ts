import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { EncodedUnit } from './encode.ts';
import { knownMigrations, migrate } from './migrations.ts';
import { Pruning } from './prune.ts';
import { answerQuestions, type Handlers } from './thread.ts';
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

/**
 * The log is written to the database once it has this many pages (32 MiB): seldom, since a page that many commits have
 * touched is then written back once for all of them. It is then reused from its start, never cut.
 */
const checkpointPages = 8000;

function open({ path, durable, maxPages }: WritingData): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 2000 });
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? 'FULL' : 'OFF'};
    PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;`);
  migrate(db, knownMigrations());
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
  return db;
}

function serve(db: DatabaseSync): Handlers {
  const transactions = new Transactions(db);
  const pruning = new Pruning(db);
  return {
    apply: (units: readonly EncodedUnit[]) => transactions.commit(units),
    allocate: ({ sequence, count }: Allocation) => transactions.sequences.allocate(sequence, count),
    prune: (now: string) => pruning.prune(now),
    check: () => void db.prepare('SELECT n FROM feed_heads').get(),
    close: () => db.close(),
  };
}

let database: DatabaseSync | undefined;
const handlers: Handlers = {
  open: () => {
    database = open(workerData);
    Object.assign(handlers, serve(database));
  },
};

/** After the answer, so that no caller waits for it. */
function checkpoint(): void {
  if (!database?.isOpen) return;
  const pages = database.prepare('PRAGMA wal_checkpoint(NOOP)').get()?.['log'];
  if (Number(pages) >= checkpointPages) database.exec('PRAGMA wal_checkpoint(PASSIVE)');
}

if (parentPort) answerQuestions(parentPort, handlers, checkpoint);
