import type { Filter } from '#core/filter.ts';
import { nameKey } from '#core/names.ts';
import type { Value } from './encode.ts';

/** A condition on the row of a user, `u`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** What `matches` says of a user, as SQL. */
export function conditionOf(filter: Filter): Condition {
  const { sql, values } = compile(filter);
  return { sql: `u.deleted = 0 AND ${sql}`, values };
}

function compile(filter: Filter): Condition {
  switch (filter.op) {
    case 'all':
      return { sql: 'TRUE', values: [] };
    case 'realm':
      return { sql: 'u.realm = ?', values: [filter.realm] };
    case 'user':
      return { sql: 'u.key = ?', values: [filter.key] };
    case 'kind':
      return { sql: 'u.kind = ?', values: [filter.kind === 'human' ? 0 : 1] };
    case 'name':
      return { sql: 'u.key IN (SELECT user FROM names WHERE key = ?)', values: [nameKey(filter.name)] };
    case 'and':
      return join(filter.filters, 'AND', 'TRUE');
    case 'or':
      return join(filter.filters, 'OR', 'FALSE');
    case 'not': {
      const { sql, values } = compile(filter.filter);
      return { sql: `NOT ${sql}`, values };
    }
  }
}

function join(filters: readonly Filter[], operator: string, ofNone: string): Condition {
  const conditions = filters.map(compile);
  const sql = conditions.map((condition) => condition.sql).join(` ${operator} `);
  return { sql: `(${sql || ofNone})`, values: conditions.flatMap(({ values }) => values) };
}
