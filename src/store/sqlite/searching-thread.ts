import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Row } from '#store/rows.ts';
import { userColumns, userTables } from './columns.ts';
import { TooSlowError } from './failure.ts';
import type { Condition } from './filter-sql.ts';
import { answerQuestions, type Handlers } from './thread.ts';

/** What the searching thread is told when it starts. */
export interface SearchingData {
  readonly path: string;
  /** One number that both threads see: searches up to this id are given up. */
  readonly givenUp: Int32Array;
}

export interface Search {
  readonly where: readonly Condition[];
  readonly order: Condition;
  readonly offset: number;
  readonly limit: number;
}

const { path, givenUp } = workerData as SearchingData;
const db = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
let running = 0;

// SQLite asks for every row that it looks at, so that a search in vain ends too, and with it its hold on the log.
db.function('in_time', () => {
  if (Atomics.load(givenUp, 0) >= running) throw new TooSlowError('The search was given up.');
  return 1;
});

const handlers: Handlers = {
  find: ({ where, order, offset, limit }: Search, id): Row[] => {
    running = id;
    const conditions = where.map(({ sql }) => `AND ${sql}`).join(' ');
    const query = `SELECT ${userColumns} FROM ${userTables}
      WHERE in_time() ${conditions} ORDER BY ${order.sql} LIMIT ? OFFSET ?`;
    const values = [...where, order].flatMap((condition) => condition.values);
    return db.prepare(query).all(...values, limit, offset);
  },
  count: ({ sql, values }: Condition, id): number => {
    running = id;
    const row = db.prepare(`SELECT count(*) AS count FROM users u WHERE in_time() AND ${sql}`).get(...values);
    return row?.['count'] as number;
  },
  close: () => db.close(),
};

if (parentPort) answerQuestions(parentPort, handlers);
