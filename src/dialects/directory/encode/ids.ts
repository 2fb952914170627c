import type { JsonObject } from '#core/json.ts';
import type { User } from '#core/user.ts';
import type { Dialect } from '#dialects/dialect.ts';

/** Ids as the dialects' own wires show them: numbers where these are numbers there. */
export function encodeIds(ids: User['ids'], dialects: readonly Dialect[]): JsonObject {
  const numeric = new Set(dialects.filter(holdsNumbers).map(({ name }) => name));
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, numeric.has(name) ? Number(id) : id]));
}

/** Whether its wire shows ids as numbers. */
export function holdsNumbers({ ids, idsAreText }: Dialect): boolean {
  return ids === 'number' && !idsAreText;
}
