import {
  type EntryFilter,
  type Filter,
  likeTokens,
  type Order,
  type PageRequest,
  statesInOrder,
  type TextFilter,
} from '#core/filter.ts';
import { nameKey } from '#core/names.ts';
import { foldText, isFindable } from '#core/searched-text.ts';
import type { TextMethod } from '#core/text-match.ts';
import * as shared from '#store/filter-sql.ts';
import { type TrigramShares, trigramNumbers } from './search-index.ts';

/** Collects the parameters of a statement; answers where each one stands in it. */
export class Parameters {
  readonly values: (string | number)[] = [];
  readonly #shares: TrigramShares;

  constructor(shares: TrigramShares = new Map()) {
    this.#shares = shares;
  }

  /**
   * The trigrams of a text by which whoever has it is looked for; none for a text of less than three characters. Who has
   * one that many have takes long to read, and tells nothing beside one that few have.
   */
  trigramsOf(folded: string): readonly number[] {
    const all = trigramNumbers(folded);
    const isRare = (trigram: number) => !this.#shares.has(trigram);
    return all.some(isRare) ? all.filter((trigram) => (this.#shares.get(trigram) ?? 0) < 0.1) : all;
  }

  add(value: string | number, type: 'bigint' | 'text' = typeof value === 'number' ? 'bigint' : 'text'): string {
    return `$${this.values.push(value)}::${type}`;
  }
}

/** What `matches` says of a user, as a condition on its row `u`, and on its texts in the search index, `s`. */
export function conditionOf(filter: Filter, parameters: Parameters): string {
  return `u.state <> 'deleted' AND ${compile(filter, parameters)}`;
}

/** What stands behind the user that a page begins after. */
export function beyond(page: PageRequest, parameters: Parameters): string {
  return shared.beyond(
    page,
    (order) => termsOf(order, parameters),
    (value) => parameters.add(value),
  );
}

/** The terms of ORDER BY. */
export function orderingOf(order: Order | undefined, parameters: Parameters): string {
  return shared.orderingOf(order, (given) => termsOf(given, parameters));
}

function termsOf(order: Order | undefined, parameters: Parameters): string[] {
  return order === undefined ? ['u.key'] : [...leadingTerms(order, parameters), 'u.key'];
}

function leadingTerms(order: Order, parameters: Parameters): string[] {
  switch (order.by) {
    case 'id':
      return idTerms(`(u.ids ->> ${parameters.add(order.dialect)}) COLLATE "C"`);
    case 'loginName':
      return [loginNameIn(order.dialect, parameters)];
    case 'text':
      return [`coalesce(${textAt('s.folded', order.path, parameters)}, '')`];
    case 'state':
      return [`array_position(ARRAY['${statesInOrder.join("', '")}'], u.state)::bigint - 1`];
    case 'kind':
      return ['u.kind::bigint'];
    case 'createdAt':
      return ['u.created_at COLLATE "C"'];
  }
}

/** What `idOrder` says. */
function idTerms(id: string): string[] {
  const [number, isNumber] = [`(${id})::bigint`, `${id} ~ '^(0|[1-9][0-9]{0,15})$'`];
  return [
    `CASE WHEN ${isNumber} THEN least(${number}, ${2 ** 53}) ELSE ${2 ** 53} END`,
    `CASE WHEN ${isNumber} THEN CASE WHEN ${number} < ${2 ** 53} THEN '' ELSE ${id} END ELSE ${id} END`,
  ];
}

/**
 * A page in the order of a dialect's ids. Each id is taken out of its JSON once, behind OFFSET 0, which PostgreSQL does
 * not look through; the rows of the users are read for the page alone.
 */
export function pageByIds(
  columns: string,
  found: string,
  order: { readonly dialect: string; readonly descending?: boolean },
  range: string,
  parameters: Parameters,
): string {
  const direction = order.descending ? 'DESC' : 'ASC';
  const inOrder = ['number', 'id', 'key'].map((term) => `p.${term} ${direction}`).join(', ');
  const [number, id] = idTerms('f.id');
  const ids = `SELECT u.key, (u.ids ->> ${parameters.add(order.dialect)}) COLLATE "C" AS id FROM ${found} OFFSET 0`;
  const terms = `SELECT f.key, ${number} AS number, ${id} AS id FROM (${ids}) AS f`;
  return `SELECT ${columns} FROM (SELECT * FROM (${terms}) AS p ORDER BY ${inOrder} ${range}) AS p
    JOIN users u ON u.key = p.key ORDER BY ${inOrder}`;
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
      if (!isFindable(key)) return 'FALSE';
      return `u.key IN (SELECT "user" FROM names WHERE key = ${parameters.add(key)})`;
    }
    case 'loginName':
      if (!isFindable(filter.like)) return 'FALSE';
      return `${loginNameIn(filter.dialect, parameters)} LIKE ${parameters.add(patternOf(filter.like))}`;
    case 'text':
      return textCondition(filter, parameters);
    case 'ids': {
      const ids = parameters.add(JSON.stringify(filter.ids.filter(isFindable)));
      return `u.key IN (SELECT "user" FROM identifiers
        WHERE dialect = ${parameters.add(filter.dialect)} AND value IN (SELECT jsonb_array_elements_text(${ids}::jsonb)))`;
    }
    case 'emails': {
      const wanted = filter.addresses.filter(isFindable);
      const one = (addresses: readonly string[]) =>
        `(SELECT jsonb_array_elements_text(${parameters.add(JSON.stringify(addresses))}::jsonb))`;
      const address = textAt('s.texts', 'email.address', parameters);
      // Some of whom the table tells have had it before.
      const holders = `SELECT "user" FROM emails WHERE key IN ${one(wanted.map(foldText))}`;
      return `(u.key IN (${holders}) AND coalesce(${address} IN ${one(wanted)}, FALSE))`;
    }
    case 'state':
      return `u.state = ${parameters.add(filter.state)}`;
    case 'administers': {
      const dialects = ['*', 'directory', filter.dialect].map((name) => parameters.add(name));
      return `(u.administers IS NOT NULL AND u.administers::jsonb ?| ARRAY[${dialects.join(', ')}])`;
    }
    case 'metadata':
      return `EXISTS (SELECT FROM metadata m WHERE m."user" = u.key AND ${isSuch(filter.entry, parameters)})`;
    default:
      return shared.combined(filter, (inner) => compile(inner, parameters));
  }
}

function isSuch(entry: EntryFilter, parameters: Parameters): string {
  return shared.entryCondition(entry, {
    is: (column, method, text) => comparison(method, column, parameters.add(text)),
    holds: (base64) => {
      const value = `decode(${parameters.add(base64)}, 'base64')`;
      const begins = `substr(m.value, 1, 64) = substr(${value}, 1, 64)`;
      return `(${begins} AND length(m.value) = length(${value}) AND m.value = ${value})`;
    },
  });
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

/** The index finds who may have the text; whether they do is looked at one by one. */
function textCondition({ path, method, text, ignoreCase }: TextFilter, parameters: Parameters): string {
  if (!isFindable(text)) return 'FALSE';
  const folded = foldText(text);
  const kept = textAt(ignoreCase ? 's.folded' : 's.texts', path, parameters);
  const holds = comparison(method, kept, parameters.add(ignoreCase ? folded : text));
  const trigrams = parameters.trigramsOf(folded);
  if (trigrams.length === 0) return `coalesce(${holds}, FALSE)`;
  return `(s.trigrams @> '{${trigrams}}'::integer[] AND coalesce(${holds}, FALSE))`;
}

function comparison(method: TextMethod, kept: string, text: string): string {
  switch (method) {
    case 'equals':
      return `${kept} = ${text}`;
    case 'startsWith':
      return `starts_with(${kept}, ${text})`;
    case 'endsWith':
      return `right(${kept}, length(${text})) = ${text}`;
    case 'contains':
      return `strpos(${kept}, ${text}) > 0`;
  }
}

function textAt(column: string, path: string, parameters: Parameters): string {
  return `(${column} ->> ${parameters.add(path)}) COLLATE "C"`;
}
