import { depthOf, isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { refusals } from './errors.ts';

/** A user's `data` may nest 32 levels, and lies two deep in a message. */
const maxDepth = 34;

/** The message in a frame. */
export function readFrame(text: string): JsonObject {
  const frame = parse(text);
  if (!isJsonObject(frame) || depthOf(frame, maxDepth) > maxDepth) throw refusals.malformed();
  return frame;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusals.malformed();
  }
}

/** A whole number, or its digits as text: the vendor's parser takes both. */
export function integerOf(value: Json): number {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw refusals.malformed();
  return number;
}

/** Text, or a number meant as text: the vendor's parser takes both. */
export function textOf(value: Json): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw refusals.malformed();
  return value;
}

export function booleanOf(value: Json): boolean {
  if (typeof value !== 'boolean') throw refusals.malformed();
  return value;
}

/** A member's value by one of the readers above, where absent and null stay what they are. */
export function optional<Value>(value: Json | undefined, read: (value: Json) => Value): Value | null | undefined {
  return value === undefined || value === null ? value : read(value);
}
