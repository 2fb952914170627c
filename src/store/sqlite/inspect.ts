import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreOpenError } from '#store/errors.ts';
import type { Migration } from '#store/migration-files.ts';
import { applicationId, applicationIdOf, appliedMigrations } from './migrations.ts';
import { openError } from './open-error.ts';

/** Makes the folder when it is missing, and answers the one path by which every process names this file. */
export function preparePath(given: string): string {
  const path = resolve(given);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const real = existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
    if (existsSync(real)) {
      if (statSync(real).isDirectory()) throw new StoreOpenError(`${real} is a folder: name a file in it.`);
      accessSync(real, constants.R_OK | constants.W_OK);
    }
    accessSync(dirname(real), constants.R_OK | constants.W_OK | constants.X_OK);
    return real;
  } catch (error) {
    throw openError(path, error);
  }
}

/**
 * Refuses a file that is not ours or is newer than this program, and leaves it untouched. A missing file is made, for
 * its owner alone.
 */
export function inspectDatabase(path: string, known: readonly Migration[]): void {
  let db: DatabaseSync | undefined;
  try {
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    if (statSync(path).size === 0) return;
    db = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
    checkOwner(path, db);
    checkMigrations(path, db, known);
  } catch (error) {
    throw openError(path, error);
  } finally {
    db?.close();
  }
}

function checkOwner(path: string, db: DatabaseSync): void {
  const id = applicationIdOf(db);
  const tables = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.['count'];
  if (id === applicationId || (id === 0 && tables === 0)) return;
  throw new StoreOpenError(`The database ${path} belongs to another application: name another file.`);
}

function checkMigrations(path: string, db: DatabaseSync, known: readonly Migration[]): void {
  if (applicationIdOf(db) === 0) return;
  for (const [index, applied] of appliedMigrations(db).entries()) {
    const expected = known[index];
    if (expected?.name === applied.name && expected.checksum === applied.checksum) continue;
    const isKnown = known.some(({ name }) => name === applied.name);
    const why = isKnown
      ? `was made by another build of Muster: its migration ${applied.name} is not the one this program knows`
      : `is newer than this program: it has had the migration ${applied.name}, which this program does not know`;
    throw new StoreOpenError(`The database ${path} ${why}. It was left as it is; run the Muster that made it.`);
  }
}
