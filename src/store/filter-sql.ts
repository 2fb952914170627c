import { type EntryFilter, type Order, orderKey, type PageRequest } from '#core/filter.ts';
import { foldText, isFindable } from '#core/searched-text.ts';
import type { TextMethod } from '#core/text-match.ts';

/** What users are ordered by, as `orderKey` has it. */
type TermsOf = (order: Order | undefined) => readonly string[];

/** What stands behind the user that a page begins after; `add` takes a value into the parameters and says how to call it. */
export function beyond(
  { order, after }: PageRequest,
  termsOf: TermsOf,
  add: (value: string | number) => string,
): string {
  if (after === undefined) return 'TRUE';
  const terms = termsOf(order).join(', ');
  const last = orderKey(order, after).map((value) => add(value));
  return `(${terms}) ${order?.descending ? '<' : '>'} (${last.join(', ')})`;
}

/** The terms of ORDER BY. */
export function orderingOf(order: Order | undefined, termsOf: TermsOf): string {
  return termsOf(order)
    .map((term) => (order?.descending ? `${term} DESC` : term))
    .join(', ');
}

/** How a store says of a row of metadata, `m`, that a column is such a text, and that the value is these bytes (base64). */
export interface EntrySql {
  is(column: 'm.key' | 'm.folded', method: TextMethod, text: string): string;
  holds(value: string): string;
}

/** What an entry of metadata must be like, as a condition on its row. */
export function entryCondition(filter: EntryFilter, sql: EntrySql): string {
  switch (filter.op) {
    case 'key': {
      const { method, text, ignoreCase } = filter;
      if (!isFindable(text)) return 'FALSE';
      // The index has keys as they are folded; one that is such to the letter is so folded, too.
      const folded = sql.is('m.folded', method, foldText(text));
      return ignoreCase ? folded : `(${folded} AND ${sql.is('m.key', method, text)})`;
    }
    case 'value':
      return sql.holds(filter.value);
    default:
      return combined(filter, (inner) => entryCondition(inner, sql));
  }
}

type Combination<One> =
  | { readonly op: 'and' | 'or'; readonly filters: readonly One[] }
  | { readonly op: 'not'; readonly filter: One };

export function combined<One>(filter: Combination<One>, compile: (one: One) => string): string {
  switch (filter.op) {
    case 'and':
      return joined(filter.filters.map(compile), 'AND') || 'TRUE';
    case 'or':
      return joined(filter.filters.map(compile), 'OR') || 'FALSE';
    case 'not':
      return `NOT ${compile(filter.filter)}`;
  }
}

function joined(conditions: readonly string[], operator: 'AND' | 'OR'): string {
  const middle = Math.ceil(conditions.length / 2);
  const parts =
    conditions.length > maxJoined
      ? [conditions.slice(0, middle), conditions.slice(middle)].map((half) => joined(half, operator))
      : conditions;
  return parts.length === 0 ? '' : `(${parts.join(` ${operator} `)})`;
}

/** Each joined without parentheses is a level deeper for SQLite, which takes a thousand levels. */
const maxJoined = 32;
