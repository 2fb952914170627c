import {
  type Filter,
  likeTokens,
  type Order,
  orderKey,
  type PageRequest,
  statesInOrder,
  type TextFilter,
} from '#core/filter.ts';
import { nameKey } from '#core/names.ts';
import { foldText, isFindable, trigramsOf } from '#core/searched-text.ts';
import type { Value } from './encode.ts';
import { identifierValue } from './identifiers.ts';

/** A piece of SQL about a user: its row in the search index, `s`, and what is only in its own, `u`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** What `matches` says of a user, as SQL. */
export function conditionOf(filter: Filter): Condition {
  const { sql, values } = compile(filter);
  return { sql: `s.state <> 'deleted' AND ${sql}`, values };
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
  if (order === undefined) return { terms: ['s.key'], values: [] };
  const { terms, values } = leadingTerms(order);
  return { terms: [...terms, 's.key'], values };
}

function leadingTerms(order: Order): Sorting {
  switch (order.by) {
    case 'id': {
      const { sql, values } = textAt('u.ids', order.dialect);
      return { terms: [`id_number(${sql})`, `id_text(${sql})`], values: [...values, ...values] };
    }
    case 'loginName': {
      const { sql, values } = loginNameIn(order.dialect);
      return { terms: [sql], values };
    }
    case 'text': {
      const { sql, values } = textAt('s.folded', order.path);
      return { terms: [`coalesce(${sql}, '')`], values };
    }
    case 'state':
      return { terms: [`CASE s.state ${stateRanks} END`], values: [] };
    case 'kind':
      return { terms: ['s.kind'], values: [] };
    case 'createdAt':
      return { terms: ['u.created_at'], values: [] };
  }
}

const stateRanks = statesInOrder.map((state, rank) => `WHEN '${state}' THEN ${rank}`).join(' ');

/** Whether a filter alone leaves few users, as far as can be told without a look: else they are walked in their order. */
export function leavesFew(filter: Filter): boolean {
  switch (filter.op) {
    case 'user':
    case 'name':
    case 'ids':
      return true;
    case 'and':
      return filter.filters.some(leavesFew);
    case 'or':
      return filter.filters.every(leavesFew);
    default:
      return false;
  }
}

function compile(filter: Filter): Condition {
  switch (filter.op) {
    case 'all':
      return { sql: 'TRUE', values: [] };
    case 'realm':
      return { sql: '+s.realm = ?', values: [filter.realm] };
    case 'user':
      return { sql: 's.key = ?', values: [filter.key] };
    case 'kind':
      return { sql: 's.kind = ?', values: [filter.kind === 'human' ? 0 : 1] };
    case 'name':
      return { sql: 's.key IN (SELECT user FROM names WHERE key = ?)', values: [nameKey(filter.name)] };
    case 'loginName':
      return likeCondition(loginNameIn(filter.dialect), filter.like);
    case 'text':
      return textCondition(filter);
    case 'ids':
      return {
        sql: 's.key IN (SELECT user FROM identifiers WHERE dialect = ? AND value IN (SELECT value FROM json_each(?)))',
        values: [filter.dialect, JSON.stringify(filter.ids.filter(isFindable).map(identifierValue))],
      };
    case 'emails': {
      const { sql, values } = textAt('s.texts', 'email.address');
      const addresses = JSON.stringify(filter.addresses.filter(isFindable));
      return { sql: `coalesce(${sql} IN (SELECT value FROM json_each(?)), FALSE)`, values: [...values, addresses] };
    }
    case 'state':
      return { sql: 's.state = ?', values: [filter.state] };
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
  if (filters.length > maxJoined) {
    const middle = Math.ceil(filters.length / 2);
    const halves = [filters.slice(0, middle), filters.slice(middle)];
    const [one, other] = halves.map((half) => join(half, operator, ofNone)) as [Condition, Condition];
    return { sql: `(${one.sql} ${operator} ${other.sql})`, values: [...one.values, ...other.values] };
  }
  const conditions = filters.map(compile);
  const sql = conditions.map((condition) => condition.sql).join(` ${operator} `);
  return { sql: `(${sql || ofNone})`, values: conditions.flatMap(({ values }) => values) };
}

/** Each joined without parentheses is a level deeper for SQLite, which takes a thousand levels. */
const maxJoined = 32;

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
  if (!isFindable(like)) return { sql: 'FALSE', values: [] };
  const glob = likeTokens(like).map((token) => {
    if ('literal' in token) return globLiteral(token.literal);
    return token.any === 'text' ? '*' : '?';
  });
  return { sql: `${sql} GLOB ?`, values: [...values, glob.join('')] };
}

/** The index finds who may have the text; whether they do is looked at one by one. */
function textCondition({ path, method, text, ignoreCase }: TextFilter): Condition {
  if (!isFindable(text)) return { sql: 'FALSE', values: [] };
  const { sql: kept, values } = textAt(ignoreCase ? 's.folded' : 's.texts', path);
  const folded = foldText(text);
  const [operator, operand] = comparison(method, ignoreCase ? folded : text);
  const holds = { sql: `coalesce(${kept} ${operator} ?, FALSE)`, values: [...values, operand] };
  const wanted = wantedTrigrams(text);
  if (wanted === undefined) return holds;
  return { sql: `(${mayHold} AND ${holds.sql})`, values: [wanted, ...holds.values] };
}

/** What the trigrams of a text have to hold, in FTS5's words; undefined for a text that has none. */
function wantedTrigrams(text: string): string | undefined {
  const trigrams = isFindable(text) ? trigramsOf(foldText(text)) : [];
  return trigrams.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' AND ') || undefined;
}

/** Each of these holds of all users that match. */
export function requiredTrigrams(filter: Filter): string[] {
  if (filter.op === 'and') return filter.filters.flatMap(requiredTrigrams);
  const wanted = filter.op === 'text' ? wantedTrigrams(filter.text) : undefined;
  return wanted === undefined ? [] : [wanted];
}

/** What has changed of late is not in the index yet. */
const mayHold = `s.key IN (SELECT rowid FROM trigrams WHERE trigrams MATCH ? UNION ALL SELECT key FROM unindexed)`;

function comparison(method: TextFilter['method'], text: string): ['=' | 'GLOB', string] {
  const literal = globLiteral(text);
  switch (method) {
    case 'equals':
      return ['=', text];
    case 'startsWith':
      return ['GLOB', `${literal}*`];
    case 'endsWith':
      return ['GLOB', `*${literal}`];
    case 'contains':
      return ['GLOB', `*${literal}*`];
  }
}

function globLiteral(text: string): string {
  return text.replace(/[*?[]/g, '[$&]');
}
