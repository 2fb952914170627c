import { setTimeout as pause } from 'node:timers/promises';
import { foldedTexts, searchedTexts, trigramsOf } from '#core/searched-text.ts';
import type { Row } from '#store/rows.ts';
import { bigints, texts } from './arrays.ts';
import type { Connection, Statement } from './connection.ts';
import { type ConnectionPool, type SharedConnection, sendFirst } from './connections.ts';

/** Users, or changes, in one transaction: some tens of milliseconds. */
const atOnce = 1000;
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

  constructor(shared: SharedConnection, stepping: ConnectionPool) {
    this.#shared = shared;
    this.#stepping = stepping;
  }

  /** Whether all users have been taken in once: until then not everybody's mail address is known. */
  get isFilled(): boolean {
    return this.#isFilled;
  }

  /**
   * Takes in all that has been committed by now, and not what comes meanwhile, as more may always come. Asks before each
   * step whether there is still time, and pauses behind it.
   */
  async catchUp(hasTime: () => boolean, pauseMs = 0): Promise<void> {
    const [answer] = await this.#shared.ask([{ text: headSql, values: [] }]);
    let head = headIn(answer);
    const { newest } = head;
    for (;;) {
      this.#isFilled ||= head.is_filled === 1;
      if ((this.#isFilled && head.n >= newest) || !hasTime()) return;
      head = await this.#advance();
      if (pauseMs > 0) await pause(pauseMs);
    }
  }

  /** Answers where the index stands then. All who wait at the same time wait for the same step. */
  #advance(): Promise<Head> {
    this.#step ??= this.#takeStep().finally(() => {
      this.#step = undefined;
    });
    return this.#step;
  }

  async #takeStep(): Promise<Head> {
    return await this.#stepping.useLive(async (connection) => {
      await sendFirst(connection, { text: begin }, stepMs);
      try {
        const [answer] = await connection.send([{ text: `${headSql} FOR UPDATE OF s`, values: [] }], stepMs);
        const head = headIn(answer);
        const { after, statements } = await (head.is_filled === 1 ? follow(connection, head) : fill(connection, head));
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

/** Locked when it is to be moved, so that one process at a time is at it. */
const headSql = `SELECT s.filled, s.is_filled, s.n, (SELECT n FROM feed_heads WHERE stream = 1) AS newest
  FROM search_heads s WHERE s.stream = 1`;

/** Changes that come meanwhile are followed from where the feed stood at the start. */
async function fill(connection: Connection, { filled, n, newest }: Head): Promise<Step> {
  const [answer] = await connection.send(
    [{ text: 'SELECT key, fields FROM users WHERE key > $1 ORDER BY key LIMIT $2', values: [filled, atOnce] }],
    stepMs,
  );
  const rows = answer?.rows ?? [];
  const last = (rows.at(-1)?.['key'] as number | undefined) ?? filled;
  const text = 'UPDATE search_heads SET filled = $1, is_filled = $2, n = $3 WHERE stream = 1';
  const after = { filled: last, is_filled: rows.length < atOnce ? 1 : 0, n: filled === 0 ? newest : n };
  const move = { text, values: [after.filled, after.is_filled, after.n] };
  return { statements: [...putting(rows), ...addingEmails(rows), move], after };
}

async function follow(connection: Connection, { n, newest }: Head): Promise<Step> {
  // Another process may have been at it while the head was waited for.
  const until = Math.max(n, Math.min(newest, n + atOnce));
  const changed = `SELECT key, fields FROM users WHERE key IN
    (SELECT subject FROM changes WHERE n > $1 AND n <= $2 AND subject_kind = 0)`;
  const [answer] = await connection.send([{ text: changed, values: [n, until] }], stepMs);
  const text = 'UPDATE search_heads SET n = $1 WHERE stream = 1';
  return { statements: [...putting(answer?.rows ?? []), { text, values: [until] }], after: { n: until } };
}

/** Whose texts are the same is left as it is. */
const putSql = `INSERT INTO searched AS s ("user", texts, folded, trigrams)
  SELECT d."user", d.texts::jsonb, d.folded::jsonb, string_to_array(d.trigrams, ',')::integer[]
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS d("user", texts, folded, trigrams)
  ON CONFLICT ("user") DO UPDATE SET texts = excluded.texts, folded = excluded.folded, trigrams = excluded.trigrams
  WHERE s.texts <> excluded.texts`;

function putting(rows: readonly Row[]): Statement[] {
  if (rows.length === 0) return [];
  const searched = rows.map((row) => searchedTexts(JSON.parse(row['fields'] as string)));
  const folded = searched.map(foldedTexts);
  const values = [
    bigints(rows.map((row) => row['key'] as number)),
    texts(searched.map((one) => JSON.stringify(one))),
    texts(folded.map((one) => JSON.stringify(one))),
    texts(folded.map((one) => trigramNumbers(...Object.values(one)).join(','))),
  ];
  return [{ text: putSql, values }];
}

function addingEmails(rows: readonly Row[]): Statement[] {
  const found = rows.flatMap((row) => {
    const address = foldedTexts(searchedTexts(JSON.parse(row['fields'] as string)))['email.address'];
    return address === undefined ? [] : [{ address, user: row['key'] as number }];
  });
  if (found.length === 0) return [];
  const text = `INSERT INTO emails (key, "user") SELECT * FROM unnest($1::text[], $2::bigint[]) ON CONFLICT DO NOTHING`;
  return [{ text, values: [texts(found.map(({ address }) => address)), bigints(found.map(({ user }) => user))] }];
}

/** The trigrams of texts as numbers of 32 bits. Two may share one: whoever is found by them is looked at himself. */
export function trigramNumbers(...folded: readonly string[]): number[] {
  const numbers = new Set<number>();
  for (const text of folded) {
    for (const trigram of trigramsOf(text)) {
      let number = 0;
      for (const character of trigram) number = (Math.imul(number, 0x01000193) + (character.codePointAt(0) ?? 0)) | 0;
      numbers.add(number);
    }
  }
  return [...numbers];
}
