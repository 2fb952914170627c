import type { Connection } from './connection.ts';

/** Tables with their columns, keys and checks, then indexes, as PostgreSQL itself writes them. */
const sql = `WITH tables AS (
    SELECT oid, relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
  ), lines AS (
    SELECT attrelid AS oid, 0 AS kind, attnum::text AS place, format('  %I %s%s%s%s', attname,
      format_type(atttypid, atttypmod), CASE WHEN attcollation = '"C"'::regcollation THEN ' COLLATE "C"' END,
      CASE WHEN attnotnull THEN ' NOT NULL' END,
      coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), CASE WHEN attidentity <> '' THEN ' GENERATED ALWAYS AS IDENTITY' END)
    ) AS line
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT conrelid, 1, contype::text || conname, '  ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('c', 'p')
  )
  SELECT relname || ' 0' AS place, format(E'CREATE TABLE %I (\\n%s\\n)', relname,
    string_agg(line, E',\\n' ORDER BY kind, CASE kind WHEN 0 THEN lpad(place, 4) ELSE place END)) AS statement
  FROM tables JOIN lines USING (oid) GROUP BY relname
  UNION ALL
  SELECT relname || ' ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
  FROM pg_index JOIN tables ON oid = indrelid WHERE NOT indisprimary
  ORDER BY place`;

/** The schema as a reviewer reads it in schema.sql. */
export async function schemaOf(connection: Connection): Promise<string> {
  const [answer] = await connection.send([{ text: sql }], 10_000);
  const statements = answer?.rows.map((row) => `${row['statement']};\n`) ?? [];
  return `-- Generated from migrations/ by the test beside it; do not edit.\n\n${statements.join('\n')}`.replaceAll(
    'public.',
    '',
  );
}
