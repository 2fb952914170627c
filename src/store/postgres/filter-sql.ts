import { type Filter, likeTokens, type Order, orderKey, type PageRequest } from '#core/filter.ts';
import { nameKey } from '#core/names.ts';
import { isStorable } from './arrays.ts';

/** Collects the parameters of a statement; answers where each one stands in it. */
export class Parameters {
  readonly values: (string | number)[] = [];

  add(value: string | number, type: 'bigint' | 'text' = typeof value === 'number' ? 'bigint' : 'text'): string {
    return `$${this.values.push(value)}::${type}`;
  }
}

/** What `matches` says of a user, as a condition on its row `u`. */
export function conditionOf(filter: Filter, parameters: Parameters): string {
  return `u.state <> 'deleted' AND ${compile(filter, parameters)}`;
}

/** What stands behind the user that a page begins after. */
export function beyond({ order, after }: PageRequest, parameters: Parameters): string {
  if (after === undefined) return 'TRUE';
  const last = orderKey(order, after).map((value) => parameters.add(value));
  return `(${termsOf(order, parameters).join(', ')}) ${order?.descending ? '<' : '>'} (${last.join(', ')})`;
}

/** The terms of ORDER BY. */
export function orderingOf(order: Order | undefined, parameters: Parameters): string {
  return termsOf(order, parameters)
    .map((term) => (order?.descending ? `${term} DESC` : term))
    .join(', ');
}

/** What `orderKey` says. */
function termsOf(order: Order | undefined, parameters: Parameters): string[] {
  if (order === undefined) return ['u.key'];
  if (order.by === 'loginName') return [loginNameIn(order.dialect, parameters)];
  const id = `(u.ids ->> ${parameters.add(order.dialect)}) COLLATE "C"`;
  return [`length(${id})`, id];
}

function compile(filter: Filter, parameters: Parameters): string {
  switch (filter.op) {
    case 'all':
      return 'TRUE';
    case 'realm':
      return `u.realm = ${parameters.add(filter.realm)}`;
    case 'user':
      return `u.key = ${parameters.add(filter.key)}`;
    case 'kind':
      return `u.kind = ${filter.kind === 'human' ? 0 : 1}`;
    case 'name': {
      const key = nameKey(filter.name);
      if (!isStorable(key)) return 'FALSE';
      return `u.key IN (SELECT "user" FROM names WHERE key = ${parameters.add(key)})`;
    }
    case 'loginName':
      if (!isStorable(filter.like)) return 'FALSE';
      return `${loginNameIn(filter.dialect, parameters)} LIKE ${parameters.add(patternOf(filter.like))}`;
    case 'state':
      return `u.state = ${parameters.add(filter.state)}`;
    case 'administers': {
      const dialects = ['*', 'directory', filter.dialect].map((name) => parameters.add(name));
      return `(u.administers IS NOT NULL AND u.administers::jsonb ?| ARRAY[${dialects.join(', ')}])`;
    }
    case 'and':
      return join(filter.filters, 'AND', 'TRUE', parameters);
    case 'or':
      return join(filter.filters, 'OR', 'FALSE', parameters);
    case 'not':
      return `NOT ${compile(filter.filter, parameters)}`;
  }
}

function join(filters: readonly Filter[], operator: string, ofNone: string, parameters: Parameters): string {
  return `(${filters.map((filter) => compile(filter, parameters)).join(` ${operator} `) || ofNone})`;
}

function loginNameIn(dialect: string, parameters: Parameters): string {
  return `coalesce((u.login_names ->> ${parameters.add(dialect)}) COLLATE "C", u.username)`;
}

/** PostgreSQL refuses a pattern that ends in an escape; here it stands for itself. */
function patternOf(like: string): string {
  const pieces = likeTokens(like).map((token) => {
    if ('literal' in token) return token.literal.replace(/[\\%_]/, '\\$&');
    return token.any === 'text' ? '%' : '_';
  });
  return pieces.join('');
}
