import { depthOf, type Json } from '#core/json.ts';
import { Refusal, refusals } from './errors.ts';

const maxDepth = 32;

/** What a text says as JSON. Refuses what is none, or nests deeper than 32 levels. */
export function parseJson(text: string): Json {
  const value = parse(text);
  if (depthOf(value, maxDepth) > maxDepth) throw refusals.malformed();
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw refusals.malformed();
  }
}

/** The text of an object's member, as it stands in the JSON text of the object; undefined when it has none. */
export function memberSource(text: string, name: string): string | undefined {
  const object = text.trimStart();
  if (!object.startsWith('{')) return undefined;
  let found: string | undefined;
  for (let at = afterGap(object, 1); object.startsWith('"', at); ) {
    const keyEnd = endOfString(object, at);
    const start = afterGap(object, keyEnd);
    const end = endOfValue(object, start);
    if (JSON.parse(object.slice(at, keyEnd)) === name) found = object.slice(start, end);
    at = afterGap(object, end);
  }
  return found;
}

/**
 * Refuses a `data` with whole numbers that would lose digits, since they could not come back as they were sent.
 * `path` leads to it through the JSON text.
 */
export function refuseLostDigits(text: string, path: readonly string[]): void {
  // A number that loses digits has sixteen at least.
  if (!/\d{16}/.test(text)) return;
  const source = path.reduce<string | undefined>((inner, name) => inner && memberSource(inner, name), text);
  if (source === undefined || !losesDigits(source)) return;
  throw new Refusal(400, 'data cannot keep whole numbers of this size (beyond 2^53): send them as text');
}

type Revive = (key: string, value: Json, at: { readonly source?: string }) => Json;

/** As JSON.parse, of whose third word to the reviver TypeScript's library does not know yet. */
const parseWithSource = JSON.parse as (text: string, revive: Revive) => Json;

function losesDigits(source: string): boolean {
  let lost = false;
  parseWithSource(source, (_key, value, { source: digits = '' }) => {
    if (typeof value === 'number' && /^-?\d+$/.test(digits)) {
      lost ||= !Number.isFinite(value) || BigInt(value) !== BigInt(digits);
    }
    return value;
  });
  return lost;
}

/** What stands between members, their names and their values. */
const gap = /[\s,:]*/y;

function afterGap(text: string, at: number): number {
  gap.lastIndex = at;
  gap.test(text);
  return gap.lastIndex;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at++;
  }
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; ; ) {
    const character = text.charAt(at);
    if (depth === 0 && at > start && /[\s,}]/.test(character)) return at;
    if (character === '"') at = endOfString(text, at);
    else at += 1;
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
  }
}
