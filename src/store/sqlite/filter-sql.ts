import { type Filter, likeTokens, type Order, orderKey, type PageRequest } from '#core/filter.ts';
import { nameKey } from '#core/names.ts';
import type { Value } from './encode.ts';

/** A piece of SQL about the row of a user, `u`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** What `matches` says of a user, as SQL. */
export function conditionOf(filter: Filter): Condition {
  const { sql, values } = compile(filter);
  return { sql: `u.deleted = 0 AND ${sql}`, values };
}

/** What stands behind the user that a page begins after. */
export function beyond({ order, after }: PageRequest): Condition {
  if (after === undefined) return { sql: 'TRUE', values: [] };
  const { terms, values } = sortedBy(order);
  const last = orderKey(order, after);
  const places = last.map(() => '?').join(', ');
  return {
    sql: `(${terms.join(', ')}) ${order?.descending ? '<' : '>'} (${places})`,
    values: [...values, ...last],
  };
}

/** The terms of ORDER BY. */
export function orderingOf(order: Order | undefined): Condition {
  const { terms, values } = sortedBy(order);
  return { sql: terms.map((term) => (order?.descending ? `${term} DESC` : term)).join(', '), values };
}

interface Sorting {
  readonly terms: readonly string[];
  readonly values: readonly Value[];
}

/** What `orderKey` says. */
function sortedBy(order: Order | undefined): Sorting {
  if (order === undefined) return { terms: ['u.key'], values: [] };
  const { sql, values } = order.by === 'id' ? textAt('u.ids', order.dialect) : loginNameIn(order.dialect);
  return order.by === 'id'
    ? { terms: [`length(${sql})`, sql], values: [...values, ...values] }
    : { terms: [sql], values };
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
    case 'loginName':
      return likeCondition(loginNameIn(filter.dialect), filter.like);
    case 'state':
      return { sql: `${state} = ?`, values: [filter.state] };
    case 'administers':
      return { sql: administers, values: [filter.dialect] };
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

/** As `stateOf` has it; a deleted user is never looked at. */
const state = `CASE WHEN u.fields ->> '$.lifecycle' = 'initial' THEN 'initial'
  WHEN u.fields ->> '$.disabledAt' IS NOT NULL THEN 'disabled'
  WHEN u.fields ->> '$.lockedAt' IS NOT NULL THEN 'locked' ELSE 'active' END`;

const administers = `(u.fields ->> '$.owner' IS 1 OR EXISTS
  (SELECT 1 FROM json_each(u.fields, '$.administers') AS granted WHERE granted.value IN ('directory', ?)))`;

function loginNameIn(dialect: string): Condition {
  const { sql, values } = textAt('u.fields', `loginNames.${dialect}`);
  return { sql: `coalesce(${sql}, u.fields ->> '$.username', '')`, values };
}

function textAt(column: string, member: string): Condition {
  return { sql: `(${column} ->> ?)`, values: [`$.${JSON.stringify(member)}`] };
}

// GLOB and not LIKE: LIKE ignores the case of ASCII, for a whole connection or not at all.
function likeCondition({ sql, values }: Condition, like: string): Condition {
  // SQLite ends a pattern at NUL and mends broken text; no name has either.
  if (like.includes('\0') || !like.isWellFormed()) return { sql: 'FALSE', values: [] };
  const glob = likeTokens(like).map((token) => {
    if ('literal' in token) return token.literal.replace(/[*?[]/, '[$&]');
    return token.any === 'text' ? '*' : '?';
  });
  return { sql: `${sql} GLOB ?`, values: [...values, glob.join('')] };
}
