import { randomUUID } from 'node:crypto';
import type { Unit, UnitOutcome } from '#core/ports.ts';
import { usersOf } from '#core/unit.ts';
import type { UserKey } from '#core/user.ts';
import type { Row } from '#store/rows.ts';
import type { Answer, Connection, Statement } from './connection.ts';
import { type ConnectionPool, sendFirst, times } from './connections.ts';
import { changeRow, revocationsOf, rowsOf, type WrittenRow } from './encode.ts';
import { beforeAnything, endsConnection, isTaken, mayBeRepeated, NothingDone } from './failure.ts';
import { layersOf, type Placed } from './layers.ts';
import {
  changeColumns,
  parametersOf,
  revocationColumns,
  rowsFrom,
  type Value,
  type WriteName,
  type WriteStatement,
  writeStatements,
} from './statements.ts';

const maxRepeats = 5;
/** Where somebody has lost, others soon will: so many batches are written carefully from the start. */
const carefulBatches = 50;

/** Some rows of one layer, to be written by one statement. */
interface Write {
  readonly name: WriteName;
  readonly rows: readonly { readonly index: number; readonly row: WrittenRow }[];
}

/** Commits batches, one transaction each, in three round trips. */
export class Transactions {
  readonly #connections: ConnectionPool;
  #careful = 0;

  constructor(connections: ConnectionPool) {
    this.#connections = connections;
  }

  /**
   * Commits the units that do not lose. When it rejects, nothing of them stands, or nobody can tell.
   * @param isLate whether nobody waits for the answer any more: then nothing is repeated
   */
  async commit(units: readonly Unit[], isLate: () => boolean): Promise<UnitOutcome[]> {
    const outcomes: UnitOutcome[] = units.map(() => ({ position: null }));
    let batch: readonly Placed[] = units.map((unit, index) => ({ unit, index }));
    let isCareful = this.#careful > 0;
    this.#careful = Math.max(0, this.#careful - 1);
    for (let repeats = 0; ; ) {
      try {
        const ended = await this.#commitOrLose(batch, isCareful);
        if ('head' in ended) return withPositions(outcomes, ended);
        this.#careful = carefulBatches;
        isCareful = true;
        for (const index of ended.lost) outcomes[index] = 'lost';
        batch = batch.filter(({ index }) => !ended.lost.has(index));
      } catch (error) {
        const mayPass = error instanceof NothingDone || mayBeRepeated(error) || (isTaken(error) && !isCareful);
        if (!mayPass || isLate() || ++repeats > maxRepeats) throw error;
        isCareful ||= isTaken(error);
      }
    }
  }

  /** Commits all of these; or none, and answers who has lost, as far as it has asked. Throws NothingDone if it may be repeated. */
  async #commitOrLose(batch: readonly Placed[], isCareful: boolean): Promise<Committed | Lost> {
    const writes = writesOf(batch, isCareful);
    const { statements, changed } = endingOf(batch);
    if (writes.length === 0 && statements.length === 0) return { head: 0, changed };
    const id = randomUUID();
    const ended = await this.#connections.use(async (connection) => {
      const losers = await this.#write(connection, writes, isCareful);
      if (losers === 'none') return await this.#end(connection, id, statements);
      await connection.send([{ text: 'ROLLBACK' }], times.answerMs);
      return { lost: withThoseUpon(losers, batch) };
    });
    if (typeof ended === 'object') return ended;
    const head = ended === 'open' ? await this.#connections.use((other) => this.#headOf(other, id)) : ended;
    return { head, changed };
  }

  /** Writes the rows; answers who has lost, or nobody by name when that is not known yet, or that none has. */
  async #write(
    connection: Connection,
    writes: readonly Write[],
    isCareful: boolean,
  ): Promise<readonly number[] | 'none'> {
    const { wasUsed } = connection;
    // Behind a BEGIN that has failed, each statement would stand by itself.
    await sendFirst(connection, { text: begin }, times.answerMs);
    try {
      return await (isCareful ? writeCarefully(connection, writes) : writeHopefully(connection, writes));
    } catch (error) {
      if (endsConnection(error)) throw wasUsed ? beforeAnything(error) : error;
      await connection.send([{ text: 'ROLLBACK' }], times.answerMs).catch(() => {});
      throw error;
    }
  }

  /** Ends the transaction; answers where the feed stands then, or that nobody knows yet whether it has been committed. */
  async #end(connection: Connection, id: string, statements: readonly Statement[]): Promise<number | 'open'> {
    const marked = { text: markSql, values: [id] };
    try {
      const answers = await connection.send([...statements, marked, { text: 'COMMIT' }], times.answerMs);
      if (answers.at(-1)?.command !== 'COMMIT') throw new Error('The transaction was rolled back.');
      return answers.at(-2)?.rows[0]?.['n'] as number;
    } catch (error) {
      if (endsConnection(error)) return 'open';
      throw error;
    }
  }

  /**
   * What became of a transaction whose COMMIT was never answered. Its marker is put in its place: that waits for the
   * transaction to end, and keeps it from committing later. Throws NothingDone when it has not.
   */
  async #headOf(connection: Connection, id: string): Promise<number> {
    await connection.send([{ text: begin }], times.answerMs);
    const claim = { text: claimSql, values: [id] };
    const [claimed] = await connection.send([claim, { text: 'COMMIT' }], times.answerMs);
    const n = claimed?.rows[0]?.['n'];
    if (typeof n !== 'number') throw new NothingDone('The transaction was cut off before it had committed.');
    return n;
  }
}

interface Committed {
  /** Where the feed stands behind the last change. */
  readonly head: number;
  /** The places in the batch of what has changed something, in their order. */
  readonly changed: readonly number[];
}

interface Lost {
  readonly lost: ReadonlySet<number>;
}

function withPositions(outcomes: UnitOutcome[], { head, changed }: Committed): UnitOutcome[] {
  for (const [place, index] of changed.entries()) {
    outcomes[index] = { position: String(head - changed.length + place + 1) };
  }
  return outcomes;
}

/**
 * Whatever the database has for its own: what others have committed is seen by each statement, what is acknowledged is on
 * the disk, and a process that dies, or gives up, does not keep others from the rows that it has locked.
 */
const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = ${times.answerMs};
  SET LOCAL idle_in_transaction_session_timeout = ${2 * times.answerMs};
  SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local')`;

/** The marker, with the head of the feed as this transaction leaves it. */
const markSql = 'INSERT INTO batches (id, n) SELECT $1, n FROM feed_heads WHERE stream = 1 RETURNING n';

/**
 * It writes in any case, so that it is answered only once a synchronous standby has what was committed before: a server
 * whose session was ended while it waited for the standby shows what it has committed on its own.
 */
const claimSql =
  'INSERT INTO batches (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET n = batches.n RETURNING batches.n';

const changeCount = Object.keys(changeColumns).length;
const changesSql = `WITH head AS (
    UPDATE feed_heads SET n = n + $${changeCount + 1}, revocations = revocations + $${changeCount + 2}
    WHERE stream = 1 RETURNING n - $${changeCount + 1} AS n
  )
  INSERT INTO changes (${Object.keys(changeColumns)
    .map((name) => `"${name}"`)
    .join(', ')}, n)
  SELECT ${Object.keys(changeColumns)
    .map((name) => `d."${name}"`)
    .join(', ')}, head.n + d.place
  FROM head, ${rowsFrom(changeColumns, { numbered: true })}`;

const revocationCount = Object.keys(revocationColumns).length;
const revocationsSql = `INSERT INTO revocations (kind, value, n)
  SELECT d.kind, d.value, head.revocations - $${revocationCount + 1} + d.place
  FROM feed_heads head, ${rowsFrom(revocationColumns, { numbered: true })} WHERE head.stream = 1`;

/** What ends a transaction: the head of the feed is locked by its first statement, and by nothing before. */
function endingOf(batch: readonly Placed[]): { readonly statements: Statement[]; readonly changed: number[] } {
  const changed = batch.flatMap(({ index, unit }) => (unit.change ? [index] : []));
  const changes = batch.flatMap(({ unit }) => (unit.change ? [changeRow(unit.change)] : []));
  const revocations = batch.flatMap(({ unit }) => revocationsOf(unit));
  if (changes.length === 0 && revocations.length === 0) return { statements: [], changed };
  const counts = [changes.length, revocations.length];
  const statements = [{ text: changesSql, values: [...parametersOf(changeColumns, changes), ...counts] }];
  if (revocations.length > 0) {
    const values = [...parametersOf(revocationColumns, revocations), revocations.length];
    statements.push({ text: revocationsSql, values });
  }
  return { statements, changed };
}

/** Layer by layer, in the order of `writeStatements`. */
function writesOf(batch: readonly Placed[], isCareful: boolean): Write[] {
  return layersOf(batch, isCareful).flatMap((placed) => {
    const byName = new Map<WriteName, Write['rows'][number][]>();
    for (const { index, unit } of placed) {
      for (const row of rowsOf(unit)) {
        const rows = byName.get(row.name) ?? [];
        if (rows.length === 0) byName.set(row.name, rows);
        rows.push({ index, row });
      }
    }
    return writeNames.flatMap((name) => {
      const rows = byName.get(name);
      return rows ? [{ name, rows: inKeyOrder(rows) }] : [];
    });
  });
}

const writeNames = Object.keys(writeStatements) as WriteName[];

/** Whoever locks rows in one order does not wait for somebody who waits for him. */
function inKeyOrder(rows: Write['rows'][number][]): Write['rows'] {
  const keyOf = ({ row }: Write['rows'][number]): Value => row.values[0] ?? null;
  return rows.sort((a, b) => compare(keyOf(a), keyOf(b)));
}

function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}

/** Hopefully, nothing is there that must not be: then PostgreSQL has less to do, and nothing to return. */
function statementOf({ name, rows }: Write, isCareful: boolean): Statement {
  const values = parametersOf(
    writeStatements[name].columns,
    rows.map(({ row }) => row.values),
  );
  return { text: textOf(name, isCareful), values };
}

function textOf(name: WriteName, isCareful: boolean): string {
  const { columns, sql, onConflict, returning }: WriteStatement = writeStatements[name];
  const text = sql.replace('{d}', rowsFrom(columns));
  if (!isCareful) return text;
  return [text, onConflict && `ON CONFLICT ${onConflict}`, returning && `RETURNING ${returning}`]
    .filter(Boolean)
    .join(' ');
}

/** All at once: how many were written tells whether anybody has lost. */
async function writeHopefully(connection: Connection, writes: readonly Write[]): Promise<readonly number[] | 'none'> {
  const statements = writes.map((write) => statementOf(write, false));
  const answers = await connection.send(statements, times.answerMs);
  return writes.every((write, index) => isComplete(write, answers[index])) ? 'none' : [];
}

/** One after the other, up to the first in which somebody has lost: what comes later was to be written upon that. */
async function writeCarefully(connection: Connection, writes: readonly Write[]): Promise<readonly number[] | 'none'> {
  for (const write of writes) {
    const [answer] = await connection.send([statementOf(write, true)], times.answerMs);
    const losers = isComplete(write, answer) ? [] : missingIn(write, answer?.rows ?? []);
    if (losers.length > 0) return losers;
  }
  return 'none';
}

/** Whether every row was written; some need not be. */
function isComplete({ rows }: Write, answer: Answer | undefined): boolean {
  return answer?.rowCount === rows.length || !rows.some(({ row: { must } }) => must);
}

function missingIn({ name, rows }: Write, returned: readonly Row[]): number[] {
  const { returning }: WriteStatement = writeStatements[name];
  if (returning === undefined) return [];
  const written = new Set(returned.map((row) => Object.values(row).join(' ')));
  const isMissing = (values: readonly Value[]) => !written.has(values.slice(0, returning.length).join(' '));
  return rows.flatMap(({ index, row: { values, must } }) => (must && isMissing(values) ? [index] : []));
}

/** Losers, with whatever comes later about the same users or was decided on them. */
function withThoseUpon(losers: readonly number[], batch: readonly Placed[]): Set<number> {
  const lost = new Set(losers);
  const users = new Set<UserKey>();
  for (const { index, unit } of batch) {
    const about = usersOf(unit);
    const isUponLoser = [...about, ...(unit.restsOn ?? [])].some((user) => users.has(user));
    if (!isUponLoser && !lost.has(index)) continue;
    lost.add(index);
    for (const user of about) users.add(user);
  }
  return lost;
}
