import type { DatabaseSync } from 'node:sqlite';
import type { Loaded, Store, Unit, UnitOutcome, Wanted } from '#core/ports.ts';
import { encodeUnit } from './encode.ts';
import { asStoreError } from './failure.ts';
import { Reader } from './reader.ts';
import type { Numbered, Transactions } from './transactions.ts';

/** The store within the thread that writes: it reads through the connection that writes, whose pages are warm. */
export class LocalStore implements Pick<Store, 'load' | 'apply'> {
  readonly #reader: Reader;
  readonly #transactions: Transactions;
  readonly #afterwards: () => void;

  /** @param afterwards is done after each commit, once its callers have been answered */
  constructor(db: DatabaseSync, transactions: Transactions, afterwards: () => void) {
    this.#reader = new Reader(db);
    this.#transactions = transactions;
    this.#afterwards = afterwards;
  }

  async load(wanted: Wanted): Promise<Loaded> {
    return asStoreError(() => this.#reader.atOnce(() => this.#reader.load(wanted)));
  }

  async apply(units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    setImmediate(this.#afterwards);
    return outcomesOf(asStoreError(() => this.#transactions.commit(units.map(encodeUnit))));
  }
}

export function outcomesOf(numbers: readonly Numbered[]): UnitOutcome[] {
  return numbers.map((n) => (n === 'lost' ? n : { position: n === null ? null : String(n) }));
}
