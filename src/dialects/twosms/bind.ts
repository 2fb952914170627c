import { parseGuid } from './guid.ts';
import type { Member, MemberType, SentValue } from './model.ts';

/** A member's value in its type: dates as they were sent, guids in lower case, enumerations as a number or a name. */
export type BoundValue = null | string | number | boolean;

/** Thrown when a member's value cannot be taken; the message is for the caller. */
export class InvalidMember extends Error {
  override readonly name = 'InvalidMember';
}

/** Reads a value as its member's type, as leniently as any of the vendor's formats does. Throws `InvalidMember`. */
export function bind(member: Member, sent: SentValue): BoundValue {
  if (sent === null) return null;
  if (typeof sent === 'object') throw new InvalidMember(`The value is not valid for ${member.name}.`);
  const bound = binders[member.type](typeof sent === 'string' && member.type !== 'text' ? sent.trim() : sent);
  if (bound === undefined)
    throw new InvalidMember(`The value '${String(sent).slice(0, 100)}' is not valid for ${member.name}.`);
  return bound;
}

type Binder = (sent: string | number | boolean) => BoundValue | undefined;

const booleans = new Map<string, boolean>([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

const binders: Readonly<Record<MemberType, Binder>> = {
  text: (sent) => String(sent),
  boolean: (sent) => booleans.get(String(sent).toLowerCase()),
  guid: (sent) => (sent === '' ? null : parseGuid(String(sent))),
  date: (sent) => (sent === '' ? null : isDate(String(sent)) ? String(sent) : undefined),
  enumeration: bindEnumeration,
};

const date = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:\d{2})?$/;

/** ISO 8601 to a ten-millionth of a second, or Json.NET's older `/Date(ms)/`. */
function isDate(text: string): boolean {
  const [, day, time = '00:00'] = date.exec(text) ?? [];
  if (day === undefined) return /^\/Date\(-?\d{1,15}(?:[+-]\d{4})?\)\/$/.test(text);
  const epochMs = Date.parse(`${day}T${time}Z`);
  // Date.parse lets the 31st of April run over into May.
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day);
}

const name = /^[A-Za-z_][A-Za-z0-9_]{0,63}(?:(?:, ?| )[A-Za-z_][A-Za-z0-9_]{0,63}){0,15}$/;

/** A 32-bit number or the name of a member (of several, for flags); NONE is 0. */
function bindEnumeration(sent: string | number | boolean): BoundValue | undefined {
  if (typeof sent === 'boolean') return undefined;
  if (typeof sent === 'number' || /^[+-]?\d{1,10}$/.test(sent)) {
    const number = Number(sent);
    return number === Math.trunc(number) && Math.abs(number) < 2 ** 31 ? number : undefined;
  }
  if (sent.toUpperCase() === 'NONE') return 0;
  return name.test(sent) && sent.length <= 200 ? sent : undefined;
}
