import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreOpenError } from '#store/errors.ts';
import { sqliteCode } from './failure.ts';
import { openError } from './open-error.ts';

const sqliteBusy = 5;

/**
 * Makes sure that one process has a database open: a tiny database beside it whose lock the operating system releases
 * when its holder dies, however it dies. The holder's process id stands in its `user_version`.
 */
export function lockDatabase(path: string): DatabaseSync {
  const lockPath = `${path}.lock`;
  let lock: DatabaseSync | undefined;
  try {
    if (!existsSync(lockPath)) closeSync(openSync(lockPath, 'a', 0o600));
    lock = new DatabaseSync(lockPath, { timeout: 0 });
    lock.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY;
      BEGIN EXCLUSIVE; PRAGMA user_version = ${process.pid}; COMMIT`);
    return lock;
  } catch (error) {
    lock?.close();
    if (sqliteCode(error) !== sqliteBusy) throw openError(lockPath, error);
    const inUse = `The database ${path} is in use by another process (pid ${holderOf(lockPath)}).`;
    throw new StoreOpenError(`${inUse} Stop that one first, or give this one a store of its own.`, { cause: error });
  }
}

/**
 * Read past the lock. Only SQLite may open the file here: closing any other handle would release this process's lock.
 */
function holderOf(lockPath: string): number {
  const lock = new DatabaseSync(`file:${encodeURI(lockPath)}?immutable=1`, { readOnly: true });
  try {
    return Number(lock.prepare('PRAGMA user_version').get()?.['user_version']);
  } finally {
    lock.close();
  }
}
