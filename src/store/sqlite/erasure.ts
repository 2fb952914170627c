import type { DatabaseSync } from 'node:sqlite';
import { erasedFields } from '#core/erasure.ts';
import { foldText } from '#core/searched-text.ts';
import type { Row } from '#store/rows.ts';

/** Each may have hundreds of changes, and no commit is to wait long. */
const usersAtOnce = 20;

const sql = {
  due: `SELECT key, fields, numbers FROM users WHERE deleted = 1 AND erased = 0 AND changed_at < ? LIMIT ${usersAtOnce}`,
  runs: 'SELECT numbers FROM change_runs WHERE subject_kind = 0 AND subject = ?',
  values: 'DELETE FROM change_values WHERE n IN (SELECT value FROM json_each(?))',
  email: 'DELETE FROM emails WHERE key = ? AND user = ?',
  secrets: 'DELETE FROM secrets WHERE user = ?',
  activity: 'DELETE FROM activity WHERE user = ?',
  fields: `UPDATE users SET fields = '${JSON.stringify(erasedFields)}', erased = 1 WHERE key = ?`,
};

/** Erases what deleted users have left, so that it is not in the file any more either. */
export class Erasure {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Whether more may be left. */
  erase(deletedBefore: string): boolean {
    const due = this.#db.prepare(sql.due).all(deletedBefore);
    if (due.length === 0) return false;
    this.#db.exec('PRAGMA secure_delete = ON; BEGIN IMMEDIATE');
    try {
      for (const row of due) this.#eraseOne(row);
      this.#db.exec('COMMIT');
    } finally {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#db.exec('PRAGMA secure_delete = OFF');
    }
    return due.length === usersAtOnce;
  }

  #eraseOne({ key, fields, numbers }: Row): void {
    const user = key as number;
    const runs = this.#db.prepare(sql.runs).all(user);
    const changes = [...runs.map((run) => run['numbers']), numbers].filter((run) => run !== '');
    this.#run(sql.values, `[${changes.join(',')}]`);
    const address = JSON.parse(fields as string)['email.address'] as string | undefined;
    if (address !== undefined) this.#run(sql.email, foldText(address), user);
    for (const statement of [sql.secrets, sql.activity, sql.fields]) this.#run(statement, user);
  }

  #run(statement: string, ...values: (string | number)[]): void {
    this.#db.prepare(statement).run(...values);
  }
}
