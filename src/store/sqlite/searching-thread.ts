import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Row } from '#store/rows.ts';
import { userColumns, userTables } from './columns.ts';
import { TooSlowError } from './failure.ts';
import type { Condition } from './filter-sql.ts';
import { SearchIndex } from './search-index.ts';
import { answerQuestions, type Handlers } from './thread.ts';

/** What the searching thread is told when it starts. */
export interface SearchingData {
  readonly path: string;
  /** One number that both threads see: searches up to this id are given up. */
  readonly givenUp: Int32Array;
}

export interface Search {
  /** Whether it looks at texts: then it looks at the search index, too. */
  readonly texts: boolean;
  readonly where: readonly Condition[];
  readonly order: Condition;
  readonly offset: number;
  readonly limit: number;
}

export type Counting = Pick<Search, 'texts' | 'where'>;

const { path, givenUp } = workerData as SearchingData;
const index = SearchIndex.open(path);
const { db } = index;
let running = 0;
let isClosing = false;

function checkTime(): void {
  if (Atomics.load(givenUp, 0) >= running) throw new TooSlowError('The search was given up.');
}

// SQLite asks for every row that it looks at, so that a search in vain ends too, and with it its hold on the log.
db.function('in_time', () => {
  checkTime();
  return 1;
});

/** What is asked of the users that meet all conditions. */
function ask(columns: string, tables: string, { texts, where }: Counting, rest: Condition, id: number): Row[] {
  running = id;
  const conditions = where.map(({ sql }) => `AND ${sql}`).join(' ');
  const joined = texts ? `${tables} JOIN searched s ON s.key = u.key` : tables;
  const values = [...where, rest].flatMap((condition) => condition.values);
  const rows = () =>
    db.prepare(`SELECT ${columns} FROM ${joined} WHERE in_time() ${conditions} ${rest.sql}`).all(...values);
  if (!texts) return rows();
  try {
    return index.upToDate(rows, checkTime);
  } finally {
    void tidy();
  }
}

let isTidying = false;

/** Between searches, so that none waits long. */
async function tidy(): Promise<void> {
  if (isTidying) return;
  isTidying = true;
  do await nextTurn();
  while (!isClosing && index.tidy());
  isTidying = false;
}

/** Takes in all that is missing, between searches. */
async function prepare(): Promise<void> {
  do await nextTurn();
  while (!isClosing && index.advance());
  await tidy();
}

const handlers: Handlers = {
  find: ({ order, offset, limit, ...search }: Search, id): Row[] => {
    const rest = { sql: `ORDER BY ${order.sql} LIMIT ? OFFSET ?`, values: [...order.values, limit, offset] };
    return ask(userColumns, userTables, search, rest, id);
  },
  count: (counting: Counting, id): number => {
    const [row] = ask('count(*) AS count', 'users u', counting, { sql: '', values: [] }, id);
    return row?.['count'] as number;
  },
  prepare,
  close: () => {
    isClosing = true;
    index.close();
  },
};

if (parentPort) answerQuestions(parentPort, handlers);
