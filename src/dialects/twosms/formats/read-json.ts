import { depthOf, isJsonObject } from '#core/json.ts';
import { type MemberName, members, type SentUser, type SentValue, structure } from '#dialects/twosms/model.ts';
import { unreadableBody } from '#dialects/twosms/model-state.ts';

const deepest = 32;
const names = new Map<string, MemberName>(
  members.filter(({ xmlOnly }) => !xmlOnly).map(({ name }) => [name.toLowerCase(), name]),
);

/** Reads a JSON object: names in any case, the last of several wins, unknown ones are ignored. `null` says nothing. */
export function readJson(text: string): SentUser {
  const value = parse(text);
  if (value === null) return new Map();
  if (depthOf(value, deepest) > deepest) {
    throw unreadableBody(`The body must not nest deeper than ${deepest} levels.`);
  }
  if (!isJsonObject(value)) throw unreadableBody('The body must be a JSON object.');
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => {
      const name = names.get(key.toLowerCase());
      return name === undefined ? [] : [[name, sentValue(inner)] as const];
    }),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadableBody('The body is not valid JSON.');
  }
}

function sentValue(value: unknown): SentValue {
  return typeof value === 'object' && value !== null ? structure : (value as SentValue);
}
