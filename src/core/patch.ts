import type { FieldPath, FieldTable, UserFields } from './fields.ts';
import { type Json, sameJson } from './json.ts';

/** The fields that a user has; an absent one has no value, null does not occur. */
export type Fields = Readonly<Partial<UserFields>>;

/** What to change: a path that is absent keeps its value, null clears it, a value replaces it. */
export type UserPatch = { readonly [Path in FieldPath]?: UserFields[Path] | null };

/** What has changed, by path; null stands for no value. */
export type Changes = Readonly<Record<string, { readonly before: Json; readonly after: Json }>>;

/** Brings every value into its canonical form; null stays null. Throws `invalid_argument` for the first bad one. */
export function normalisePatch(patch: UserPatch, table: FieldTable): UserPatch {
  const normalised: Record<string, Json> = {};
  for (const path in patch) normalised[path] = table.normalise(path, patch[path as FieldPath]);
  return normalised as UserPatch;
}

/** The fields after a normalised patch. Values that are equal stay the same object. */
export function applyPatch(fields: Fields, patch: UserPatch): Fields {
  const next: Record<string, unknown> = { ...fields };
  for (const path in patch) {
    const value = patch[path as FieldPath];
    if (value === null) delete next[path];
    else if (!sameJson(next[path], value)) next[path] = value;
  }
  return next as Fields;
}

/** What differs between two states, paths in order. */
export function diff(before: Fields, after: Fields): Changes {
  const changed: string[] = [];
  for (const path in after) if (!sameAt(path, before, after)) changed.push(path);
  for (const path in before) if (!Object.hasOwn(after, path) && !sameAt(path, before, after)) changed.push(path);
  const changes: Record<string, { before: Json; after: Json }> = {};
  for (const path of changed.sort()) changes[path] = { before: valueAt(before, path), after: valueAt(after, path) };
  return changes;
}

function sameAt(path: string, before: Fields, after: Fields): boolean {
  return sameJson(valueAt(before, path), valueAt(after, path));
}

/** The patch that makes `before` into `after` again. */
export function patchOf(changes: Changes): UserPatch {
  return Object.fromEntries(Object.entries(changes).map(([path, { after }]) => [path, after])) as UserPatch;
}

function valueAt(fields: Fields, path: string): Json {
  return ((fields as Record<string, unknown>)[path] ?? null) as Json;
}
