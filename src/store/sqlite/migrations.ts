import type { DatabaseSync } from 'node:sqlite';
import { foldText } from '#core/searched-text.ts';
import { type Migration, migrationsIn } from '#store/migration-files.ts';

/** The migrations that this program knows, oldest first. */
export const knownMigrations = (): Migration[] => migrationsIn(import.meta.dirname);

/** Marks a file as Muster's: "Must" in ASCII. */
export const applicationId = 0x4d757374;

/** 0 for a file that no application has claimed. */
export function applicationIdOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA application_id').get()?.['application_id']);
}

export function appliedMigrations(db: DatabaseSync): Pick<Migration, 'name' | 'checksum'>[] {
  const rows = db.prepare('SELECT name, checksum FROM migrations ORDER BY name').all();
  return rows.map((row) => ({ name: String(row['name']), checksum: String(row['checksum']) }));
}

/** Brings a database up to date, each migration in a transaction of its own. */
export function migrate(db: DatabaseSync, migrations: readonly Migration[]): void {
  db.function('fold_text', { deterministic: true }, (text) => foldText(String(text)));
  const isNew = applicationIdOf(db) === 0;
  const applied = isNew ? [] : appliedMigrations(db);
  for (const [index, migration] of migrations.entries()) {
    if (index < applied.length) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      if (isNew && index === 0) db.exec(firstSteps);
      run(db, migration);
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}

function run(db: DatabaseSync, { name, checksum, sql }: Migration): void {
  db.exec(sql);
  db.prepare('INSERT INTO migrations (name, checksum) VALUES (?, ?)').run(name, checksum);
}

const firstSteps = `PRAGMA application_id = ${applicationId};
CREATE TABLE migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL) STRICT, WITHOUT ROWID;`;

/** The schema as a reviewer reads it in schema.sql. */
export function schemaOf(db: DatabaseSync): string {
  const rows = db
    .prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name')
    .all();
  return `-- Generated from migrations/ by the test beside it; do not edit.\n\n${rows.map(({ sql }) => `${sql};\n`).join('\n')}`;
}
