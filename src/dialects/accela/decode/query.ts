import { invalidField } from '#core/errors.ts';
import type { PageRequest } from '#core/filter.ts';

const defaultLimit = 25;
const maxLimit = 1000;

/** `offset` (from 0, default 0) and `limit` (1 to 1000, default 25). */
export function decodePage(query: URLSearchParams): PageRequest {
  return {
    offset: wholeNumber(query, 'offset', 0, Number.MAX_SAFE_INTEGER, 0),
    limit: wholeNumber(query, 'limit', 1, maxLimit, defaultLimit),
  };
}

function wholeNumber(query: URLSearchParams, name: string, least: number, most: number, otherwise: number): number {
  const text = query.get(name) ?? '';
  if (text === '') return otherwise;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalidField(name, `${name} must be a whole number from ${least} to ${most}.`);
}

/** The members asked for by `fields`, a comma-separated list; undefined means all of them. */
export function decodeFields(query: URLSearchParams): ReadonlySet<string> | undefined {
  const names = (query.get('fields') ?? '').split(',').map((name) => name.trim());
  const wanted = new Set(names.filter((name) => name !== ''));
  return wanted.size === 0 ? undefined : wanted;
}
