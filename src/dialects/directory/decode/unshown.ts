import { isJsonObject, type Json, type JsonObject, sameJson } from '#core/json.ts';

/**
 * What of a merge patch is not shown already: members equal to the shown ones, and nulls where nothing is shown, are
 * left out, so that what is sent back as it was read asks for nothing. Undefined when nothing remains.
 */
export function unshown(value: Json, shown: Json | undefined): Json | undefined {
  if (value === null) return shown === undefined ? undefined : null;
  if (sameJson(value, shown)) return undefined;
  if (!isJsonObject(value) || !isJsonObject(shown)) return value;
  const remaining = unshownMembers(value, shown);
  return Object.keys(remaining).length === 0 ? undefined : remaining;
}

/** The same for the members of an object, without a word on the object itself. */
export function unshownMembers(value: JsonObject, shown: JsonObject): JsonObject {
  const remaining: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    const rest = unshown(member, Object.hasOwn(shown, name) ? shown[name] : undefined);
    if (rest !== undefined) remaining.push([name, rest]);
  }
  return Object.fromEntries(remaining);
}
