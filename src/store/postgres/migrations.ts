import { foldText } from '#core/searched-text.ts';
import { StoreOpenError } from '#store/errors.ts';
import { type Migration, migrationsIn } from '#store/migration-files.ts';
import type { Connection, Statement } from './connection.ts';
import { stateOf } from './failure.ts';

/** The migrations that this program knows, oldest first. */
export const knownMigrations = (): Migration[] => migrationsIn(import.meta.dirname);

/** How long a migration may take, and wait for one that another process is at. */
const migrationMs = 600_000;
/** The table, or the type of its rows, is there already. */
const raced = ['23505', '42P07', '42710'];

/**
 * Brings a database up to date, each migration in a transaction of its own. Processes that start together take turns.
 * Rejects with a StoreOpenError when the database is another application's or was made by a newer program.
 */
export async function migrate(connection: Connection, migrations: readonly Migration[], place: string): Promise<void> {
  if (!(await isMuster(connection))) {
    // Asked again, since another process may have begun meanwhile.
    if ((await hasTables(connection)) && !(await isMuster(connection))) {
      throw new StoreOpenError(`The database ${place} belongs to another application: name another one.`);
    }
    await createTable(connection);
  }
  for (const [index, migration] of migrations.entries()) await migrateTo(connection, migration, index, place);
  await refuseNewer(connection, migrations, place);
}

async function migrateTo(connection: Connection, migration: Migration, index: number, place: string): Promise<void> {
  const { name, checksum, sql } = migration;
  const lock = { text: 'LOCK TABLE migrations IN EXCLUSIVE MODE' };
  try {
    await connection.send([{ text: 'BEGIN' }, lock], migrationMs);
    const applied = (await appliedMigrations(connection))[index];
    if (applied === undefined) {
      const noted = { text: 'INSERT INTO migrations (name, checksum) VALUES ($1, $2)', values: [name, checksum] };
      const statements = sql.includes('fold_text') ? [makeFoldText(), { text: sql }, dropFoldText] : [{ text: sql }];
      await connection.send([...statements, noted], migrationMs);
    } else if (applied.name !== name || applied.checksum !== checksum) {
      throw new StoreOpenError(`The database ${place} has another history of migrations: run the Muster that made it.`);
    }
    await connection.send([{ text: 'COMMIT' }], migrationMs);
  } catch (error) {
    if (!connection.isLost) await connection.send([{ text: 'ROLLBACK' }], migrationMs).catch(() => {});
    throw error;
  }
}

/** `foldText` for a migration, made of what it makes of each character; nothing else changes with its case. */
function makeFoldText(): Statement {
  foldings ??= Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code))
    .filter((character) => /\p{Changes_When_Casemapped}/u.test(character))
    .map((character) => `('${character}', '${foldText(character)}')`)
    .join(', ');
  const text = `CREATE FUNCTION fold_text(given text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN octet_length(given) = length(given) THEN lower(given COLLATE "C") ELSE
      (SELECT string_agg(coalesce(f.folded, c.one), '' ORDER BY c.place)
        FROM string_to_table(given, NULL) WITH ORDINALITY AS c (one, place)
        LEFT JOIN (VALUES ${foldings}) AS f (one, folded) ON f.one = c.one COLLATE "C") END $$`;
  return { text };
}

let foldings: string | undefined;

const dropFoldText: Statement = { text: 'DROP FUNCTION fold_text(text)' };

async function refuseNewer(connection: Connection, known: readonly Migration[], place: string): Promise<void> {
  const applied = await appliedMigrations(connection);
  if (applied.length <= known.length) return;
  throw new StoreOpenError(`The database ${place} was made by a newer Muster. It was left as it is; run that one.`);
}

export async function appliedMigrations(connection: Connection): Promise<Pick<Migration, 'name' | 'checksum'>[]> {
  const [answer] = await connection.send(
    [{ text: 'SELECT name, checksum FROM migrations ORDER BY name' }],
    migrationMs,
  );
  return (answer?.rows ?? []).map((row) => ({ name: String(row['name']), checksum: String(row['checksum']) }));
}

async function isMuster(connection: Connection): Promise<boolean> {
  return await exists(connection, "to_regclass('migrations') IS NOT NULL");
}

async function hasTables(connection: Connection): Promise<boolean> {
  return await exists(
    connection,
    "EXISTS (SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p'))",
  );
}

async function exists(connection: Connection, condition: string): Promise<boolean> {
  const [answer] = await connection.send([{ text: `SELECT (${condition})::int AS holds` }], migrationMs);
  return answer?.rows[0]?.['holds'] === 1;
}

async function createTable(connection: Connection): Promise<void> {
  const text = 'CREATE TABLE IF NOT EXISTS migrations (name text COLLATE "C" PRIMARY KEY, checksum text NOT NULL)';
  try {
    await connection.send([{ text }], migrationMs);
  } catch (error) {
    // Another process has made it in the same moment.
    if (!raced.includes(stateOf(error) ?? '')) throw error;
  }
}
