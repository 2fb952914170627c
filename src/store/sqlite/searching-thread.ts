import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Row } from '#store/rows.ts';
import { Checkpoints } from './checkpoints.ts';
import { userColumns } from './columns.ts';
import { TooSlowError } from './failure.ts';
import { type Condition, inTime } from './filter-sql.ts';
import { SearchIndex, searchIndexPath } from './search-index.ts';
import { answerQuestions, type Handlers, notice } from './thread.ts';

/** What the searching thread is told when it starts. */
export interface SearchingData {
  readonly path: string;
  /** One number that both threads see: searches up to this id are given up. */
  readonly givenUp: Int32Array;
}

export interface Search {
  readonly where: readonly Condition[];
  readonly order: Condition;
  /** Those of whom the order is to be walked, unless an index leaves few: in which dialect's ids, and how. */
  readonly walk?: { readonly dialect: string; readonly descending: boolean; readonly after?: string | number };
  /** Queries of an index, each of which finds about as many as match, or more. */
  readonly narrowedBy: readonly Condition[];
  readonly offset: number;
  readonly limit: number;
}

const { path, givenUp } = workerData as SearchingData;
const index = SearchIndex.open(path);
const { db } = index;
// While somebody searches, nobody waits for what the index has taken in to be written back.
let checkpoints: Checkpoints | undefined;
let running = 0;
let isClosing = false;

function checkTime(): void {
  if (Atomics.load(givenUp, 0) >= running) throw new TooSlowError('The search was given up.');
}

// So that a search in vain ends too, and with it its hold on the log.
db.function('in_time', () => {
  checkTime();
  return 1;
});

function ask(id: number, search: () => Row[]): Row[] {
  checkpoints ??= startCheckpoints();
  running = id;
  try {
    return index.upToDate(search, checkTime);
  } finally {
    void tidy();
  }
}

function startCheckpoints(): Checkpoints {
  db.exec('PRAGMA main.wal_autocheckpoint = 0');
  return new Checkpoints(db, searchIndexPath(path), told);
}

/** Nobody waits for it, and it is tried again. */
function told(error: unknown): void {
  if (parentPort) notice(parentPort, error);
}

function whereOf(conditions: readonly Condition[]): Condition {
  const sql = [inTime('s.key'), ...conditions.map((condition) => condition.sql)].join(' AND ');
  return { sql, values: conditions.flatMap(({ values }) => values) };
}

/** So many are sorted sooner than found by walking all in their order. */
const few = 5000;

function findsFew({ sql, values }: Condition): boolean {
  const counted = db.prepare(`SELECT count(*) AS count FROM (${sql} LIMIT ${few})`);
  return Number(counted.get(...values)?.['count']) < few;
}

function findInOrder({ where, order, offset, limit }: Search): Row[] {
  const { sql, values } = whereOf(where);
  const query = `SELECT ${userColumns} FROM searched s ${userRows} WHERE ${sql} ORDER BY ${order.sql} LIMIT ? OFFSET ?`;
  return db.prepare(query).all(...values, ...order.values, limit, offset);
}

/** The keys first, so that of those that are stepped over nothing else is read. */
function findWalking(
  { where, offset, limit }: Search,
  { dialect, descending, after }: NonNullable<Search['walk']>,
): Row[] {
  const { sql, values } = whereOf(where);
  const [direction, beyond] = descending ? ['DESC', '<'] : ['', '>'];
  const bound = after === undefined ? [] : [after];
  const query = `SELECT ${userColumns} FROM identifiers i CROSS JOIN searched s ON s.key = i.user ${userRows}
    WHERE i.dialect = ? ${after === undefined ? '' : `AND i.value ${beyond} ?`} AND ${sql}
    ORDER BY i.value ${direction} LIMIT ? OFFSET ?`;
  return db.prepare(query).all(dialect, ...bound, ...values, limit, offset);
}

const userRows = 'LEFT JOIN users u ON u.key = s.key LEFT JOIN activity a ON a.user = u.key';

let isTidying = false;

/** Between searches, so that none waits long. */
async function tidy(): Promise<void> {
  if (isTidying) return;
  isTidying = true;
  try {
    do {
      await nextTurn();
      checkpoints?.consider();
    } while (!isClosing && index.tidy());
  } catch (error) {
    told(error);
  }
  isTidying = false;
}

/** Takes in all that is missing, between searches, with a pause behind each step of some tens of milliseconds. */
async function prepare(pauseMs: number): Promise<void> {
  for (let isMore = true; isMore && !isClosing; ) {
    isMore = index.advance();
    index.tidy();
    checkpoints?.consider();
    await pause(pauseMs);
  }
  await tidy();
}

const handlers: Handlers = {
  find: (search: Search, id): Row[] =>
    ask(id, () => {
      const { walk, narrowedBy } = search;
      return walk === undefined || narrowedBy.some(findsFew) ? findInOrder(search) : findWalking(search, walk);
    }),
  count: (where: Condition, id): number => {
    const { sql, values } = whereOf([where]);
    const row = /\bu\./.test(sql) ? 'JOIN users u ON u.key = s.key' : '';
    const query = `SELECT count(*) AS count FROM searched s ${row} WHERE ${sql}`;
    return ask(id, () => db.prepare(query).all(...values))[0]?.['count'] as number;
  },
  prepare,
  close: async () => {
    isClosing = true;
    await checkpoints?.close();
    index.close();
    await checkpoints?.stop();
  },
};

if (parentPort) answerQuestions(parentPort, handlers);
