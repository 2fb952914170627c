import { invalidField } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import type { Dialect } from '#dialects/dialect.ts';
import { holdsNumbers } from '#dialects/directory/encode/ids.ts';

/** The ids that a new user is already known by, in the form that each dialect's wire gives them. */
export function decodeIds(ids: Readonly<Record<string, Json>>, dialects: readonly Dialect[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ids).map(([name, id]) => {
      const dialect = dialects.find((known) => known.name === name);
      if (dialect === undefined) throw invalidField(`ids.${name}`, `There is no dialect ${name}.`);
      return [name, decodeId(id, dialect)];
    }),
  );
}

function decodeId(id: Json, dialect: Dialect): string {
  const refuse = (right: string) => invalidField(`ids.${dialect.name}`, `ids.${dialect.name} must be ${right}.`);
  if (holdsNumbers(dialect)) {
    if (Number.isSafeInteger(id) && Number(id) > 0) return String(id);
    throw refuse('a whole number over 0');
  }
  if (typeof id !== 'string') throw refuse('a text');
  if (dialect.ids === 'number') return id;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id.toLowerCase();
  throw refuse('a guid');
}
