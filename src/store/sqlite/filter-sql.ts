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
import { foldText, isFindable, trigramsOf } from '#core/searched-text.ts';
import type { TextMethod } from '#core/text-match.ts';
import * as shared from '#store/filter-sql.ts';
import type { Value } from './encode.ts';
import { identifierValue } from './identifiers.ts';

/** A piece of SQL about a user: its row in the search index, `s`, and what is only in its own, `u`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** Takes a value into the parameters, in the order in which they stand in the statement. */
type Add = (value: Value) => string;

function condition(write: (add: Add) => string): Condition {
  const values: Value[] = [];
  const sql = write((value) => {
    values.push(value);
    return '?';
  });
  return { sql, values };
}

/** What `matches` says of a user, as SQL. */
export function conditionOf(filter: Filter): Condition {
  return condition((add) => `s.state <> 'deleted' AND ${compile(filter, leavesFew(filter), add)}`);
}

/** What stands behind the user that a page begins after. */
export function beyond(page: PageRequest): Condition {
  return condition((add) => shared.beyond(page, (order) => termsOf(order, add), add));
}

/** The terms of ORDER BY. */
export function orderingOf(order: Order | undefined): Condition {
  return condition((add) => shared.orderingOf(order, (given) => termsOf(given, add)));
}

function termsOf(order: Order | undefined, add: Add): string[] {
  return order === undefined ? ['s.key'] : [...leadingTerms(order, add), 's.key'];
}

function leadingTerms(order: Order, add: Add): string[] {
  switch (order.by) {
    case 'id':
      return ['id_number', 'id_text'].map((part) => `${part}(${textAt('u.ids', order.dialect, add)})`);
    case 'loginName':
      return [loginNameIn(order.dialect, add)];
    case 'text':
      return [`coalesce(${textAt('s.folded', order.path, add)}, '')`];
    case 'state':
      return [`CASE s.state ${stateRanks} END`];
    case 'kind':
      return ['s.kind'];
    case 'createdAt':
      return ['u.created_at'];
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

/** Where few users are left, each one's metadata is looked at; else whoever has such an entry is found first. */
function compile(filter: Filter, isOfFew: boolean, add: Add): string {
  switch (filter.op) {
    case 'all':
      return 'TRUE';
    case 'realm':
      return `+s.realm = ${add(filter.realm)}`;
    case 'user':
      return `s.key = ${add(filter.key)}`;
    case 'kind':
      return `s.kind = ${add(filter.kind === 'human' ? 0 : 1)}`;
    case 'name':
      return `s.key IN (SELECT user FROM names WHERE key = ${add(nameKey(filter.name))})`;
    case 'loginName':
      return isLike(filter.dialect, filter.like, add);
    case 'text':
      return textCondition(filter, add);
    case 'ids': {
      const ids = filter.ids.filter(isFindable).map(identifierValue);
      return `s.key IN (SELECT user FROM identifiers WHERE dialect = ${add(filter.dialect)} AND value IN ${list(ids, add)})`;
    }
    case 'emails': {
      const wanted = filter.addresses.filter(isFindable);
      const holders = `SELECT user FROM emails WHERE key IN ${list(wanted.map(foldText), add)}`;
      const address = textAt('s.texts', 'email.address', add);
      return `(s.key IN (${holders}) AND coalesce(${address} IN ${list(wanted, add)}, FALSE))`;
    }
    case 'state':
      return `s.state = ${add(filter.state)}`;
    case 'administers':
      return `(u.fields ->> '$.owner' IS 1 OR EXISTS (SELECT 1 FROM json_each(u.fields, '$.administers') AS granted
        WHERE granted.value IN ('directory', ${add(filter.dialect)})))`;
    case 'metadata': {
      const holders = holdersOf(filter.entry, add);
      return isOfFew ? `EXISTS (${holders} AND m.user = s.key)` : `s.key IN (${holders})`;
    }
    default:
      return shared.combined(filter, (inner) => compile(inner, isOfFew, add));
  }
}

function list(values: readonly (string | number)[], add: Add): string {
  return `(SELECT value FROM json_each(${add(JSON.stringify(values))}))`;
}

function loginNameIn(dialect: string, add: Add): string {
  return `coalesce(${textAt('u.fields', `loginNames.${dialect}`, add)}, u.fields ->> '$.username', '')`;
}

function textAt(column: string, member: string, add: Add): string {
  return `(${column} ->> ${add(`$.${JSON.stringify(member)}`)})`;
}

// GLOB and not LIKE: LIKE ignores the case of ASCII, for a whole connection or not at all.
function isLike(dialect: string, like: string, add: Add): string {
  // SQLite ends a pattern at NUL and mends broken text; no name has either.
  if (!isFindable(like)) return 'FALSE';
  const glob = likeTokens(like).map((token) => {
    if ('literal' in token) return globLiteral(token.literal);
    return token.any === 'text' ? '*' : '?';
  });
  return `${loginNameIn(dialect, add)} GLOB ${add(glob.join(''))}`;
}

/** The index finds who may have the text; whether they do is looked at one by one. */
function textCondition({ path, method, text, ignoreCase }: TextFilter, add: Add): string {
  if (!isFindable(text)) return 'FALSE';
  const wanted = wantedTrigrams(text);
  // What has changed of late is not in the index yet.
  const late = () => `SELECT key FROM unindexed WHERE instr(text, ${add(foldText(text))}) > 0`;
  const mayHold = wanted && `s.key IN (${byTrigrams(wanted, add)} UNION ALL ${late()})`;
  const kept = textAt(ignoreCase ? 's.folded' : 's.texts', path, add);
  const holds = `coalesce(${comparison(kept, method, ignoreCase ? foldText(text) : text, add)}, FALSE)`;
  return mayHold ? `(${mayHold} AND ${holds})` : holds;
}

function byTrigrams(wanted: string, add: Add): string {
  return `SELECT rowid FROM trigrams WHERE trigrams MATCH ${add(wanted)}`;
}

/** What the trigrams of a text have to hold, in FTS5's words; undefined for a text that has none. */
function wantedTrigrams(text: string): string | undefined {
  const trigrams = isFindable(text) ? trigramsOf(foldText(text)) : [];
  return trigrams.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' AND ') || undefined;
}

/** Who has such an entry of metadata. */
function holdersOf(entry: EntryFilter, add: Add): string {
  const isSuch = shared.entryCondition(entry, {
    is: (column, method, text) => comparison(column, method, text, add),
    holds: (base64) => {
      const value = Uint8Array.fromBase64(base64);
      const begins = `substr(m.value, 1, 64) = ${add(value.subarray(0, 64))}`;
      return `(${begins} AND length(m.value) = ${add(value.length)} AND m.value = ${add(value)})`;
    },
  });
  return `SELECT m.user FROM metadata m WHERE ${inTime('m.user')} AND ${isSuch}`;
}

/** Queries of an index, each of which finds about as many as match, or more. */
export function narrowedBy(filter: Filter): Condition[] {
  switch (filter.op) {
    case 'and':
      return filter.filters.flatMap(narrowedBy);
    case 'text': {
      const wanted = wantedTrigrams(filter.text);
      return wanted === undefined ? [] : [condition((add) => byTrigrams(wanted, add))];
    }
    case 'metadata':
      return isIndexed(filter.entry) ? [condition((add) => holdersOf(filter.entry, add))] : [];
    default:
      return [];
  }
}

/** Whether an index alone finds such entries. */
function isIndexed(filter: EntryFilter): boolean {
  switch (filter.op) {
    case 'key':
      return filter.method === 'equals' || filter.method === 'startsWith';
    case 'value':
      return true;
    case 'not':
      return false;
    default:
      return filter.filters.every(isIndexed);
  }
}

/** Asked for one in some dozens of the rows that are looked at: each question costs as much as a row. */
export const inTime = (key: string): string => `(${key} % 32 <> 0 OR in_time())`;

function comparison(kept: string, method: TextMethod, text: string, add: Add): string {
  const literal = globLiteral(text);
  switch (method) {
    case 'equals':
      return `${kept} = ${add(text)}`;
    case 'startsWith':
      return `${kept} GLOB ${add(`${literal}*`)}`;
    case 'endsWith':
      return `${kept} GLOB ${add(`*${literal}`)}`;
    case 'contains':
      return `${kept} GLOB ${add(`*${literal}*`)}`;
  }
}

function globLiteral(text: string): string {
  return text.replace(/[*?[]/g, '[$&]');
}
