import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Unit } from '#core/ports.ts';
import type { EncodedUnit } from './encode.ts';
import { identifierValue } from './identifiers.ts';

const idSequence = 'id:';
const realmIdSequence = 'realm:';

/**
 * Gives out numbers. What has been given out but is not yet in use is known in memory alone, so that a restart leaves
 * no gap; what is in use is kept in the commit that uses it.
 */
export class Sequences {
  readonly #next = new Map<string, number>();
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #used: Readonly<Record<'user' | 'realm' | 'id' | 'realmId', StatementSync>>;

  constructor(db: DatabaseSync) {
    this.#read = db.prepare('SELECT next FROM sequences WHERE name = ?');
    this.#write = db.prepare(
      `INSERT INTO sequences (name, next) VALUES (?, ?)
        ON CONFLICT DO UPDATE SET next = excluded.next WHERE next < excluded.next`,
    );
    const highest = (column: string, rest: string) =>
      db.prepare(`SELECT max(${column}) AS used FROM ${rest} AND ${column} BETWEEN ? AND ?`);
    this.#used = {
      user: highest('key', 'users WHERE ? IS NOT NULL'),
      realm: highest('key', 'realms WHERE ? IS NOT NULL'),
      id: highest('value', 'identifiers WHERE dialect = ?'),
      realmId: highest('value', 'realm_identifiers WHERE dialect = ?'),
    };
  }

  /** The first of `count` numbers that are free together. */
  allocate(sequence: string, count: number): number {
    let first = this.#nextOf(sequence);
    for (;;) {
      const used = this.#highestUsed(sequence, first, first + count - 1);
      if (used === undefined) break;
      first = used + 1;
    }
    if (!Number.isSafeInteger(first + count)) throw new RangeError(`The sequence ${sequence} is exhausted.`);
    this.#next.set(sequence, first + count);
    if (this.#usedBy(sequence) === undefined) this.#write.run(sequence, first + count);
    return first;
  }

  /** Keeps, within the transaction, that these units use their numbers. */
  keep(units: readonly EncodedUnit[]): void {
    const moved = new Map<string, number>();
    for (const { uses = [] } of units) {
      for (let at = 0; at < uses.length; at += 2) this.#keepOne(String(uses[at]), Number(uses[at + 1]), moved);
    }
    for (const [sequence, next] of moved) this.#write.run(sequence, next);
  }

  #keepOne(sequence: string, number: number, moved: Map<string, number>): void {
    // A number beyond the next one was given by somebody else; allocate steps over it when it gets there.
    const kept = moved.get(sequence) ?? 0;
    const next = Math.max(kept, this.#nextOf(sequence));
    if (number === next) this.#next.set(sequence, number + 1);
    if (number <= next && number >= kept) moved.set(sequence, number + 1);
  }

  #nextOf(sequence: string): number {
    const known = this.#next.get(sequence);
    if (known !== undefined) return known;
    const next = (this.#read.get(sequence)?.['next'] as number | undefined) ?? 1;
    this.#next.set(sequence, next);
    return next;
  }

  #highestUsed(sequence: string, from: number, to: number): number | undefined {
    const used = this.#usedBy(sequence)?.get(sequence.slice(sequence.indexOf(':') + 1), from, to)?.['used'];
    return typeof used === 'number' ? used : undefined;
  }

  /** Where the numbers of a sequence are in use; undefined when only the sequence itself knows. */
  #usedBy(sequence: string): StatementSync | undefined {
    if (sequence === 'user' || sequence === 'realm') return this.#used[sequence];
    if (sequence.startsWith(idSequence)) return this.#used.id;
    return sequence.startsWith(realmIdSequence) ? this.#used.realmId : undefined;
  }
}

/** The numbers that a unit takes into use, each behind its sequence; undefined when there are none. */
export function usesOf({ user, realm }: Unit): (string | number)[] | undefined {
  const newUser = user?.before === 0 ? user.after : undefined;
  if (newUser === undefined && realm === undefined) return undefined;
  const uses: (string | number)[] = [];
  if (newUser) uses.push('user', newUser.key, ...idsOf(newUser.ids, idSequence));
  if (realm?.before === 0) uses.push('realm', realm.after.key);
  if (realm) uses.push(...idsOf(realm.after.ids, realmIdSequence));
  return uses;
}

function idsOf(ids: Readonly<Record<string, string>>, sequence: string): (string | number)[] {
  const uses: (string | number)[] = [];
  for (const dialect in ids) {
    const value = identifierValue(ids[dialect] ?? '');
    if (typeof value === 'number') uses.push(sequence + dialect, value);
  }
  return uses;
}
