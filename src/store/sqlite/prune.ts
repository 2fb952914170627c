import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { remainsKeptMs } from '#core/erasure.ts';
import { later } from '#core/instant.ts';
import { messagesKeptMs } from '#core/message.ts';
import { codeRememberedMs } from '#core/policies/code-rules.ts';
import { Erasure } from './erasure.ts';

/** So that no commit waits long for a clean-up. */
const rowsAtOnce = 500;

/** Drops what has expired, a bounded number of rows at a time. */
export class Pruning {
  readonly #statements: readonly { readonly statement: StatementSync; readonly keptMs: number }[];
  readonly #erasure: Erasure;

  constructor(db: DatabaseSync) {
    const older = (table: string, key: string, than: string, keptMs: number) => {
      const statement = db.prepare(
        `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${than} < ? LIMIT ${rowsAtOnce})`,
      );
      return { statement, keptMs };
    };
    this.#erasure = new Erasure(db);
    this.#statements = [
      older('tokens', 'hash', 'expires_at', 0),
      older('secrets', 'user, name', 'expires_at', codeRememberedMs),
      older('idempotency', 'scope', 'expires_at', 0),
      older('messages', 'number', 'created_at', messagesKeptMs),
    ];
  }

  /** Whether more may be left. */
  prune(now: string): boolean {
    const dropped = this.#statements.map(({ statement, keptMs }) => statement.run(later(now, -keptMs)).changes);
    return this.#erasure.erase(later(now, -remainsKeptMs)) || dropped.includes(rowsAtOnce);
  }
}
