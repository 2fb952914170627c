import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** So that no commit waits long for a clean-up. */
const rowsAtOnce = 500;

/** Drops what has expired, a bounded number of rows at a time. */
export class Pruning {
  readonly #statements: readonly StatementSync[];

  constructor(db: DatabaseSync) {
    const expired = (table: string, key: string) =>
      db.prepare(
        `DELETE FROM ${table} WHERE (${key}) IN
          (SELECT ${key} FROM ${table} WHERE expires_at < ? LIMIT ${rowsAtOnce})`,
      );
    this.#statements = [expired('tokens', 'hash'), expired('secrets', 'user, name'), expired('idempotency', 'scope')];
  }

  /** Whether more may be left. */
  prune(now: string): boolean {
    return this.#statements.map((statement) => statement.run(now).changes).some((dropped) => dropped === rowsAtOnce);
  }
}
