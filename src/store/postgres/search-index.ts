import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { foldedTexts, searchedTexts } from '#core/searched-text.ts';
import type { Row } from '#store/rows.ts';
import { bigints, texts } from './arrays.ts';
import type { Connection, Statement } from './connection.ts';
import { type ConnectionPool, type SharedConnection, sendFirst } from './connections.ts';

/** Users, or changes, in one step, which is a transaction, and how long it rests behind each. */
interface Pace {
  readonly atOnce: number;
  readonly pauseMs: number;
}

/** Of the trigrams that more than one in a hundred users have: how many of all have it, from 0 to 1. */
export type TrigramShares = ReadonlyMap<number, number>;

/** Steps of 0.3 s of the database's time. */
const asSomebodyWaits: Pace = { atOnce: 1000, pauseMs: 0 };
/** Steps of 30 ms, for up to 700 users a second. */
const inPassing: Pace = { atOnce: 100, pauseMs: 100 };
/** How many users' texts are worked on in one turn of the event loop: 1 ms. */
const inOneTurn = 50;
/** Nobody waits for a step as long as for an answer, unless he searches. */
const stepMs = 10_000;

/**
 * What the searches look at: the texts of all users, and their trigrams. It follows the feed: no commit waits for it or
 * writes any of it, and each search brings it up to date before it looks. Processes take turns at that.
 */
export class SearchIndex {
  readonly #shared: SharedConnection;
  /** Of one connection: this process takes one step at a time. */
  readonly #stepping: ConnectionPool;
  #step: Promise<Head> | undefined;
  #isFilled = false;
  #trigramShares: TrigramShares | undefined;
  #isKeptUp = false;

  constructor(shared: SharedConnection, stepping: ConnectionPool) {
    this.#shared = shared;
    this.#stepping = stepping;
  }

  /** Whether all users have been taken in once: until then not everybody's mail address is known. */
  get isFilled(): boolean {
    return this.#isFilled;
  }

  /** Undefined before the first search. */
  get trigramShares(): TrigramShares | undefined {
    return this.#trigramShares;
  }

  /**
   * Takes in all that has been committed by now, and not what comes meanwhile, as more may always come. Asks before each
   * step whether there is still time.
   */
  async catchUp(hasTime: () => boolean): Promise<void> {
    await this.#catchUp(hasTime, asSomebodyWaits);
    if (this.#trigramShares === undefined && hasTime()) await this.#countTrigrams();
  }

  /** The same while nobody waits for it, with pauses. Does nothing if it is at it already. */
  async keepUp(hasTime: () => boolean): Promise<void> {
    if (this.#isKeptUp) return;
    this.#isKeptUp = true;
    try {
      await this.#catchUp(hasTime, inPassing);
      if (hasTime()) await this.#countTrigrams();
    } finally {
      this.#isKeptUp = false;
    }
  }

  async #catchUp(hasTime: () => boolean, { atOnce, pauseMs }: Pace): Promise<void> {
    const [answer] = await this.#shared.ask([{ text: headSql, values: [] }]);
    let head = headIn(answer);
    const { newest } = head;
    for (;;) {
      this.#isFilled ||= head.is_filled === 1;
      if ((this.#isFilled && head.n >= newest) || !hasTime()) return;
      head = await this.#advance(atOnce);
      if (pauseMs > 0) await pause(pauseMs);
    }
  }

  async #countTrigrams(): Promise<void> {
    const [answer] = await this.#shared.ask([{ text: sharesSql, values: [] }]);
    this.#trigramShares = new Map(answer?.rows.map((row) => [row['trigram'] as number, Number(row['share'])]));
  }

  /** Answers where the index stands then. All who wait at the same time wait for the same step. */
  #advance(atOnce: number): Promise<Head> {
    this.#step ??= this.#takeStep(atOnce).finally(() => {
      this.#step = undefined;
    });
    return this.#step;
  }

  async #takeStep(atOnce: number): Promise<Head> {
    return await this.#stepping.useLive(async (connection) => {
      await sendFirst(connection, { text: begin }, stepMs);
      try {
        const [answer] = await connection.send([{ text: `${headSql} FOR UPDATE OF s`, values: [] }], stepMs);
        const head = headIn(answer);
        const { after, statements } = await (head.is_filled === 1 ? follow : fill)(connection, head, atOnce);
        await connection.send([...statements, { text: 'COMMIT' }], stepMs);
        return { ...head, ...after };
      } catch (error) {
        if (!connection.isLost) await connection.send([{ text: 'ROLLBACK' }], stepMs).catch(() => {});
        throw error;
      }
    });
  }
}

/** Where the index stands, and the newest change. */
type Head = Readonly<Record<'filled' | 'is_filled' | 'n' | 'newest', number>>;

function headIn(answer: { readonly rows: readonly Row[] } | undefined): Head {
  const head = answer?.rows[0] as Head | undefined;
  if (head === undefined) throw new Error('The head of the search index is missing.');
  return head;
}

/** What a step does, and where the index stands behind it. */
interface Step {
  readonly statements: readonly Statement[];
  readonly after: Partial<Head>;
}

const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = ${stepMs};
  SET LOCAL idle_in_transaction_session_timeout = ${2 * stepMs}; SET LOCAL synchronous_commit = off`;

/** As PostgreSQL has last counted them. */
const sharesSql = `SELECT c.trigram, c.share FROM pg_stats s,
    unnest(s.most_common_elems::text::integer[], s.most_common_elem_freqs) AS c(trigram, share)
  WHERE s.schemaname = current_schema() AND s.tablename = 'searched' AND s.attname = 'trigrams'
    AND c.trigram IS NOT NULL AND c.share > 0.01`;

/** Locked when it is to be moved, so that one process at a time is at it. */
const headSql = `SELECT s.filled, s.is_filled, s.n, (SELECT n FROM feed_heads WHERE stream = 1) AS newest
  FROM search_heads s WHERE s.stream = 1`;

/** Changes that come meanwhile are followed from where the feed stood at the start. */
async function fill(connection: Connection, { filled, n, newest }: Head, atOnce: number): Promise<Step> {
  const [answer] = await connection.send(
    [{ text: 'SELECT key, fields FROM users WHERE key > $1 ORDER BY key LIMIT $2', values: [filled, atOnce] }],
    stepMs,
  );
  const rows = answer?.rows ?? [];
  const last = (rows.at(-1)?.['key'] as number | undefined) ?? filled;
  const text = 'UPDATE search_heads SET filled = $1, is_filled = $2, n = $3 WHERE stream = 1';
  const after = { filled: last, is_filled: rows.length < atOnce ? 1 : 0, n: filled === 0 ? newest : n };
  const move = { text, values: [after.filled, after.is_filled, after.n] };
  const emails = { text: emailsSql, values: [bigints(rows.map((row) => row['key'] as number))] };
  return { statements: [...(await putting(rows)), emails, move], after };
}

/** The kind is no reason to look by anything but the position: the plan may have been made of an empty table. */
export const changedSql = `SELECT key, fields FROM users WHERE key IN
  (SELECT subject FROM changes WHERE n > $1 AND n <= $2 AND subject_kind + 0 = 0)`;

async function follow(connection: Connection, { n, newest }: Head, atOnce: number): Promise<Step> {
  // Another process may have been at it while the head was waited for.
  const until = Math.max(n, Math.min(newest, n + atOnce));
  const [answer] = await connection.send([{ text: changedSql, values: [n, until] }], stepMs);
  const text = 'UPDATE search_heads SET n = $1 WHERE stream = 1';
  return { statements: [...(await putting(answer?.rows ?? [])), { text, values: [until] }], after: { n: until } };
}

/** Whose texts are the same is left as it is. */
const putSql = `INSERT INTO searched AS s ("user", texts, folded, trigrams)
  SELECT d."user", d.texts::jsonb, d.folded::jsonb, string_to_array(d.trigrams, ',')::integer[]
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS d("user", texts, folded, trigrams)
  ON CONFLICT ("user") DO UPDATE SET texts = excluded.texts, folded = excluded.folded, trigrams = excluded.trigrams
  WHERE s.texts <> excluded.texts`;

async function putting(rows: readonly Row[]): Promise<Statement[]> {
  if (rows.length === 0) return [];
  const [searched, folded, trigrams]: [string[], string[], string[]] = [[], [], []];
  for (const [index, row] of rows.entries()) {
    if (index % inOneTurn === inOneTurn - 1) await nextTurn();
    const one = searchedTexts(JSON.parse(row['fields'] as string));
    const foldedOne = foldedTexts(one);
    searched.push(JSON.stringify(one));
    folded.push(JSON.stringify(foldedOne));
    trigrams.push(trigramNumbers(...Object.values(foldedOne)).join(','));
  }
  const keys = bigints(rows.map((row) => row['key'] as number));
  return [{ text: putSql, values: [keys, texts(searched), texts(folded), texts(trigrams)] }];
}

/** Of a store from before; each commit tells of those that it changes. */
const emailsSql = `INSERT INTO emails (key, "user")
  SELECT folded ->> 'email.address', "user" FROM searched
  WHERE "user" = ANY($1::bigint[]) AND folded ->> 'email.address' IS NOT NULL ON CONFLICT DO NOTHING`;

/**
 * Every three characters that follow each other, as a number of 32 bits, each once. Two trigrams may share one: whoever is
 * found by them is looked at himself.
 */
export function trigramNumbers(...folded: readonly string[]): number[] {
  const numbers = new Set<number>();
  for (const text of folded) {
    let [first, second, count] = [0, 0, 0];
    for (const character of text) {
      const third = character.codePointAt(0) ?? 0;
      count += 1;
      if (count > 2) numbers.add(hashed(hashed(first, second), third));
      [first, second] = [second, third];
    }
  }
  return [...numbers];
}

function hashed(number: number, codePoint: number): number {
  return (Math.imul(number, 0x01000193) + codePoint) | 0;
}
