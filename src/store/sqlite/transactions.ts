import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EncodedUnit } from './encode.ts';
import { Sequences } from './sequences.ts';
import { type WriteStatement, writeStatements } from './statements.ts';

/** What became of a unit: its number in the feed, null when it recorded no change. */
export type Numbered = number | null | 'lost';

interface Write {
  readonly statement: StatementSync;
  readonly mustChange: boolean;
  readonly numbered: boolean;
  /** How many, without the number in the feed. */
  readonly parameters: number;
}

function prepare(db: DatabaseSync, rule: WriteStatement): Write {
  const { sql, mustChange = false, numbered = false } = rule;
  const statement = db.prepare(sql);
  const parameters = parametersIn(sql) - (numbered ? 1 : 0);
  return { statement, mustChange, numbered, parameters };
}

/** Written as `?`, or as `?1` and so on, which may come more than once. */
function parametersIn(sql: string): number {
  const found = [...sql.matchAll(/\?(\d*)/g)].map(([, number]) => Number(number));
  return Math.max(found.length * Number(found[0] === 0), ...found);
}

/** Commits batches, one durable transaction each. */
export class Transactions {
  readonly sequences: Sequences;
  readonly #db: DatabaseSync;
  readonly #writes: ReadonlyMap<unknown, Write>;
  readonly #moveHead: StatementSync;
  readonly #control: Readonly<Record<'begin' | 'commit' | 'save' | 'undo' | 'release', StatementSync>>;
  #head: number;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.sequences = new Sequences(db);
    this.#writes = new Map(Object.entries(writeStatements).map(([name, rule]) => [name, prepare(db, rule)]));
    this.#moveHead = db.prepare('UPDATE feed_heads SET n = ? WHERE stream = 1');
    this.#control = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      save: db.prepare('SAVEPOINT unit'),
      undo: db.prepare('ROLLBACK TO unit'),
      release: db.prepare('RELEASE unit'),
    };
    this.#head = db.prepare('SELECT n FROM feed_heads WHERE stream = 1').get()?.['n'] as number;
  }

  /** Commits the units that do not lose. When it throws, nothing of them stands. */
  commit(units: readonly EncodedUnit[]): Numbered[] {
    const outcomes = this.#transaction(() => this.#allOrNone(units));
    return outcomes ?? this.#transaction(() => this.#oneByOne(units)) ?? [];
  }

  /** The way that is nearly always right: nobody loses, so no savepoint is paid for. */
  #allOrNone(units: readonly EncodedUnit[]): Numbered[] | undefined {
    const outcomes: Numbered[] = [];
    for (const unit of units) {
      const outcome = this.#write(unit);
      if (outcome === 'lost') return undefined;
      outcomes.push(outcome);
    }
    this.sequences.keep(units);
    return outcomes;
  }

  /** Losers are undone alone. Whatever comes later about the same subjects was decided upon them, so it loses too. */
  #oneByOne(units: readonly EncodedUnit[]): Numbered[] {
    const lost = new Set<number>();
    const outcomes = units.map((unit): Numbered => {
      const isUponLoser = lost.size > 0 && [...unit.about, ...unit.restsOn].some((subject) => lost.has(subject));
      const outcome = isUponLoser ? 'lost' : this.#tryToWrite(unit);
      if (outcome === 'lost') for (const subject of unit.about) lost.add(subject);
      return outcome;
    });
    this.sequences.keep(units.filter((_, index) => outcomes[index] !== 'lost'));
    return outcomes;
  }

  #tryToWrite(unit: EncodedUnit): Numbered {
    const head = this.#head;
    this.#control.save.run();
    const outcome = this.#write(unit);
    if (outcome === 'lost') {
      this.#control.undo.run();
      this.#head = head;
    }
    this.#control.release.run();
    return outcome;
  }

  #write({ steps, recorded }: EncodedUnit): Numbered {
    const number = String(this.#head + 1);
    for (let at = 0; at < steps.length; ) {
      const write = this.#writes.get(steps[at]);
      if (write === undefined) throw new TypeError('A unit has been encoded wrongly.');
      const next = at + 1 + write.parameters;
      const values = steps.slice(at + 1, next);
      if (write.numbered) values.push(number);
      if (write.statement.run(...values).changes === 0 && write.mustChange) return 'lost';
      at = next;
    }
    if (!recorded) return null;
    this.#head += 1;
    return this.#head;
  }

  /** Rolls back when `work` throws or answers undefined. The head of the feed goes last. */
  #transaction<Result>(work: () => Result | undefined): Result | undefined {
    const head = this.#head;
    this.#control.begin.run();
    try {
      const result = work();
      if (result !== undefined) {
        if (this.#head > head) this.#moveHead.run(this.#head);
        this.#control.commit.run();
        return result;
      }
    } catch (error) {
      this.#rollBack(head);
      throw error;
    }
    this.#rollBack(head);
    return undefined;
  }

  #rollBack(head: number): void {
    this.#head = head;
    // SQLite itself has rolled back already when a disk was full.
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
  }
}
