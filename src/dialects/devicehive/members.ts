import type { Json } from '#core/json.ts';
import { refusals } from './errors.ts';

/** A whole number, or its digits as text: the vendor's parser takes both. */
export function integerOf(value: Json): number {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw refusals.malformed();
  return number;
}

/** Text, or a number meant as text: the vendor's parser takes both. */
export function textOf(value: Json): string {
  // A whole number beyond 2^53 has lost digits by now.
  if (typeof value === 'number' && (Number.isSafeInteger(value) || !Number.isInteger(value))) return String(value);
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
