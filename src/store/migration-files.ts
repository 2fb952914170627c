import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Migration {
  readonly name: string;
  readonly checksum: string;
  readonly sql: string;
}

/** The migrations in the folder `migrations` of this folder, oldest first. */
export function migrationsIn(folder: string): Migration[] {
  const files = readdirSync(join(folder, 'migrations')).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => {
    const sql = readFileSync(join(folder, 'migrations', file), 'utf8').replaceAll('\r\n', '\n');
    return { name: file.slice(0, -'.sql'.length), checksum: hash('sha256', sql, 'hex'), sql };
  });
}
