import type { AnyCommand } from './command.ts';
import { type Field, FieldTable } from './fields.ts';

/** What one dialect adds to the core. */
export interface Extension {
  /** Fields that only this vendor has, by their name: kept as `extensions.<dialect>.<field>`. */
  readonly fields?: Readonly<Record<string, Field>>;
  /** Commands about what only this vendor keeps. */
  readonly commands?: readonly AnyCommand[];
}

/** The field table with what the dialects add, by their names. */
export function fieldTableOf(extensions: Readonly<Record<string, Extension>>): FieldTable {
  const rows = Object.entries(extensions).flatMap(([dialect, { fields = {} }]) =>
    Object.entries(fields).map(([name, field]) => [`${dialect}.${name}`, field] as const),
  );
  return new FieldTable(Object.fromEntries(rows));
}
