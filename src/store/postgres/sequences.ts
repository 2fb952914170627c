import { bigints, texts } from './arrays.ts';
import type { Statement } from './connection.ts';
import { type SharedConnection, times } from './connections.ts';

const moveSql = `INSERT INTO sequences AS s (name, next) VALUES ($1, 1 + $2)
  ON CONFLICT (name) DO UPDATE SET next = s.next + $2 RETURNING next - $2 AS first`;
/** Takes a move back, unless somebody has moved on since. */
const moveBackSql = 'UPDATE sequences SET next = $3 WHERE name = $1 AND next = $2';
/** Where many numbers in a row were brought along, so many are looked at together. */
const maxWindow = 65_536;

/**
 * Gives out numbers: each to one process alone, whatever becomes of it, so that one that ends leaves a gap. Numbers
 * that somebody has brought along are stepped over.
 */
export class Sequences {
  readonly #connection: SharedConnection;

  constructor(connection: SharedConnection) {
    this.#connection = connection;
  }

  /** The first of `count` numbers that are free together. */
  async allocate(sequence: string, count: number): Promise<number> {
    for (let window = count; ; window = Math.max(count, Math.min(2 * window, maxWindow))) {
      const first = (await this.#ask({ text: moveSql, values: [sequence, window] }))['first'] as number;
      const end = first + window;
      if (!Number.isSafeInteger(end)) throw new RangeError(`The sequence ${sequence} is exhausted.`);
      const start = startOfRun(first, window, count, await this.#usedAmong(sequence, first, window));
      const isFree = start + count <= end;
      const left = isFree ? start + count : start;
      if (left < end) await this.#moveBack(sequence, end, left);
      if (isFree) return start;
    }
  }

  /** Once at most: others may have moved to the same end since. */
  async #moveBack(sequence: string, from: number, to: number): Promise<void> {
    const connection = await this.#connection.get();
    await connection.send([{ text: moveBackSql, values: [sequence, from, to] }], times.answerMs);
  }

  async #usedAmong(sequence: string, first: number, window: number): Promise<Set<number>> {
    const numbers = Array.from({ length: window }, (_, index) => first + index);
    const statement = usedAmong(sequence, numbers);
    const [answer] = statement ? await this.#connection.ask([statement]) : [];
    return new Set(answer?.rows.map((row) => row['used'] as number));
  }

  async #ask(statement: Statement): Promise<Record<string, unknown>> {
    const [answer] = await this.#connection.ask([statement]);
    return answer?.rows[0] ?? {};
  }
}

/** Where the first `count` numbers in a row begin that are not in use; or where those at the end of the window do. */
function startOfRun(first: number, window: number, count: number, used: ReadonlySet<number>): number {
  let start = first;
  for (let number = first; number < first + window && number - start < count; number++) {
    if (used.has(number)) start = number + 1;
  }
  return start;
}

/** Asks which of these numbers are in use; undefined when only the sequence itself knows. */
function usedAmong(sequence: string, numbers: readonly number[]): Statement | undefined {
  const [kind, dialect] = sequence.split(':');
  if (dialect !== undefined) {
    const table = kind === 'realm' ? 'realm_identifiers' : 'identifiers';
    const text = `SELECT value::bigint AS used FROM ${table} WHERE dialect = $1 AND value = ANY($2::text[])`;
    return { text, values: [dialect, texts(numbers.map(String))] };
  }
  if (kind !== 'user' && kind !== 'realm') return undefined;
  const text = `SELECT key AS used FROM ${kind === 'user' ? 'users' : 'realms'} WHERE key = ANY($1::bigint[])`;
  return { text, values: [bigints(numbers)] };
}
