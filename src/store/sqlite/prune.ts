import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { later } from '#core/instant.ts';
import { codeRememberedMs } from '#core/policies/code-rules.ts';

/** So that no commit waits long for a clean-up. */
const rowsAtOnce = 500;

/** Drops what has expired, a bounded number of rows at a time. */
export class Pruning {
  readonly #statements: readonly { readonly statement: StatementSync; readonly keptMs: number }[];

  constructor(db: DatabaseSync) {
    const expired = (table: string, key: string, keptMs = 0) => {
      const statement = db.prepare(
        `DELETE FROM ${table} WHERE (${key}) IN
          (SELECT ${key} FROM ${table} WHERE expires_at < ? LIMIT ${rowsAtOnce})`,
      );
      return { statement, keptMs };
    };
    this.#statements = [
      expired('tokens', 'hash'),
      expired('secrets', 'user, name', codeRememberedMs),
      expired('idempotency', 'scope'),
    ];
  }

  /** Whether more may be left. */
  prune(now: string): boolean {
    return this.#statements
      .map(({ statement, keptMs }) => statement.run(later(now, -keptMs)).changes)
      .some((dropped) => dropped === rowsAtOnce);
  }
}
