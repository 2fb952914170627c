import type { DatabaseSync } from 'node:sqlite';
import type { Loaded, Store, Unit, UnitOutcome, Wanted } from '#core/ports.ts';
import { type EncodedUnit, encodeUnit } from './encode.ts';
import { asStoreError, storeErrorOf } from './failure.ts';
import { Reader } from './reader.ts';
import type { Numbered } from './transactions.ts';

/** The store within the thread that writes: it reads through the connection that writes, whose pages are warm. */
export class LocalStore implements Pick<Store, 'load' | 'apply'> {
  readonly #reader: Reader;
  readonly #commit: (units: readonly EncodedUnit[]) => Promise<Numbered[]>;

  /** @param commit resolves once the units are durable */
  constructor(db: DatabaseSync, commit: (units: readonly EncodedUnit[]) => Promise<Numbered[]>) {
    this.#reader = new Reader(db);
    this.#commit = commit;
  }

  async load(wanted: Wanted): Promise<Loaded> {
    return asStoreError(() => this.#reader.atOnce(() => this.#reader.load(wanted)));
  }

  async apply(units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    const encoded = units.map(encodeUnit);
    try {
      return outcomesOf(await this.#commit(encoded));
    } catch (error) {
      throw storeErrorOf(error);
    }
  }
}

export function outcomesOf(numbers: readonly Numbered[]): UnitOutcome[] {
  return numbers.map((n) => (n === 'lost' ? n : { position: n === null ? null : String(n) }));
}
