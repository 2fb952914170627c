import type { JsonObject } from '#core/json.ts';
import type { User } from '#core/user.ts';
import type { Dialect } from '#dialects/dialect.ts';

/** What is to be known of a dialect to show its ids: plain data. */
export type Numbering = Pick<Dialect, 'name' | 'ids' | 'idsAreText'>;

export function numberingOf({ name, ids, idsAreText }: Dialect): Numbering {
  return idsAreText ? { name, ids, idsAreText } : { name, ids };
}

/** Ids as the dialects' own wires show them: numbers where these are numbers there. */
export function encodeIds(ids: User['ids'], dialects: readonly Numbering[]): JsonObject {
  const numeric = new Set(dialects.filter(holdsNumbers).map(({ name }) => name));
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, numeric.has(name) ? Number(id) : id]));
}

/** Whether its wire shows ids as numbers. */
export function holdsNumbers({ ids, idsAreText }: Numbering): boolean {
  return ids === 'number' && !idsAreText;
}
