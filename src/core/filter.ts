import type { Metadata } from './metadata.ts';
import { nameKey } from './names.ts';
import type { RealmKey } from './realm.ts';
import { foldText, type TextPath } from './searched-text.ts';
import { meets, type TextMatch } from './text-match.ts';
import { administers, loginNameIn, namesOf, stateOf, type User, type UserKey, type UserState } from './user.ts';

/** Which users are looked for. Deleted users are never found. */
export type Filter =
  | { readonly op: 'all' }
  | { readonly op: 'realm'; readonly realm: RealmKey }
  | { readonly op: 'user'; readonly key: UserKey }
  | { readonly op: 'kind'; readonly kind: User['kind'] }
  /** Holds this name, as a username or as any login name, in any case and Unicode form. */
  | { readonly op: 'name'; readonly name: string }
  /** Signs in through this dialect by a name that is LIKE this pattern, case and all (see `likeTokens`). */
  | { readonly op: 'loginName'; readonly dialect: string; readonly like: string }
  | TextFilter
  /** Is known to this dialect by one of these ids. */
  | { readonly op: 'ids'; readonly dialect: string; readonly ids: readonly string[] }
  /** Has one of these mail addresses, to the letter. */
  | { readonly op: 'emails'; readonly addresses: readonly string[] }
  | { readonly op: 'state'; readonly state: UserState }
  /** Administers this dialect, be it with the whole directory or as its owner. */
  | { readonly op: 'administers'; readonly dialect: string }
  /** Has an entry of metadata that is such. */
  | { readonly op: 'metadata'; readonly entry: EntryFilter }
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter };

/** Has a text that is such; a text that is not there is none of it. */
export interface TextFilter extends TextMatch {
  readonly op: 'text';
  readonly path: TextPath;
}

/** What one entry of metadata must be like. */
export type EntryFilter =
  | (TextMatch & { readonly op: 'key' })
  /** Holds these bytes and no others, in base64. */
  | { readonly op: 'value'; readonly value: string }
  | { readonly op: 'and' | 'or'; readonly filters: readonly EntryFilter[] }
  | { readonly op: 'not'; readonly filter: EntryFilter };

export type Entry = Pick<Metadata, 'key' | 'value'>;

/**
 * In which order users are found: by a dialect's id (numbers below 2^53 by size, then other ids by code points; everybody has
 * one) or login name, by a text (folded; those without come first), or by what else is named. Equals are in order of
 * creation.
 */
export type Order = (
  | { readonly by: 'id' | 'loginName'; readonly dialect: string }
  | { readonly by: 'text'; readonly path: TextPath }
  | { readonly by: 'state' | 'kind' | 'createdAt' }
) & { readonly descending?: boolean };

/** A page of results in order of creation, unless another is asked for. `limit` is at most 1000. */
export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
  readonly order?: Order;
  /** Begins behind this user, which stands where it stood when it was found: pages then neither miss nor repeat. */
  readonly after?: User;
}

export interface Page {
  readonly users: readonly User[];
  readonly hasMore: boolean;
}

/** The reference evaluator: what every store's search must agree with. */
export function matches(filter: Filter, user: User, metadata: readonly Entry[]): boolean {
  return user.fields.lifecycle !== 'deleted' && holds(filter, user, metadata);
}

function holds(filter: Filter, user: User, metadata: readonly Entry[]): boolean {
  switch (filter.op) {
    case 'all':
      return true;
    case 'realm':
      return user.realm === filter.realm;
    case 'user':
      return user.key === filter.key;
    case 'kind':
      return user.kind === filter.kind;
    case 'name':
      return namesOf(user.fields).some((name) => nameKey(name) === nameKey(filter.name));
    case 'loginName':
      return isLike(loginNameIn(filter.dialect, user), filter.like);
    case 'text':
      return hasText(filter, user.fields[filter.path]);
    case 'ids':
      return isAmong(filter.ids, user.ids[filter.dialect]);
    case 'emails':
      return isAmong(filter.addresses, user.fields['email.address']);
    case 'state':
      return stateOf(user) === filter.state;
    case 'administers':
      return administers(filter.dialect, user);
    case 'metadata':
      return metadata.some((entry) => isSuch(filter.entry, entry));
    case 'and':
      return filter.filters.every((inner) => holds(inner, user, metadata));
    case 'or':
      return filter.filters.some((inner) => holds(inner, user, metadata));
    case 'not':
      return !holds(filter.filter, user, metadata);
  }
}

function isAmong(wanted: readonly string[], kept: string | undefined): boolean {
  return kept !== undefined && wanted.includes(kept);
}

function hasText(filter: TextFilter, kept: string | undefined): boolean {
  return kept !== undefined && meets(kept, filter);
}

function isSuch(filter: EntryFilter, entry: Entry): boolean {
  switch (filter.op) {
    case 'key':
      return meets(entry.key, filter);
    case 'value':
      return entry.value === filter.value;
    case 'and':
      return filter.filters.every((inner) => isSuch(inner, entry));
    case 'or':
      return filter.filters.some((inner) => isSuch(inner, entry));
    case 'not':
      return !isSuch(filter.filter, entry);
  }
}

/** One step of a LIKE pattern: any text, any one character, or a character itself. */
export type LikeToken = { readonly any: 'text' | 'character' } | { readonly literal: string };

/** Reads a LIKE pattern as PostgreSQL does: `%`, `_`, and `\` before a character that stands for itself. */
export function likeTokens(pattern: string): LikeToken[] {
  const pieces = pattern.match(/\\?./gsu) ?? [];
  return pieces.map((piece) => {
    if (piece === '%') return { any: 'text' };
    return piece === '_' ? { any: 'character' } : { literal: piece.replace(/^\\(?=.)/su, '') };
  });
}

/** The pattern that this text alone is LIKE. */
export function likeExactly(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

function isLike(text: string, pattern: string): boolean {
  const steps = likeTokens(pattern).map((token) => {
    if ('literal' in token) return RegExp.escape(token.literal);
    return token.any === 'text' ? '.*' : '.';
  });
  return new RegExp(`^${steps.join('')}$`, 'su').test(text);
}

/** What users are ordered by, the first that differs deciding. Stores compare text by code points. */
export function orderKey(order: Order | undefined, user: User): readonly (number | string)[] {
  return order === undefined ? [user.key] : [...sortedBy(order, user), user.key];
}

function sortedBy(order: Order, user: User): readonly (number | string)[] {
  switch (order.by) {
    case 'id':
      return idOrder(user.ids[order.dialect] ?? '');
    case 'loginName':
      return [loginNameIn(order.dialect, user)];
    case 'text':
      return [foldText(user.fields[order.path] ?? '')];
    case 'state':
      return [statesInOrder.indexOf(stateOf(user))];
    case 'kind':
      return [user.kind === 'human' ? 0 : 1];
    case 'createdAt':
      return [user.createdAt];
  }
}

/** Canonical integers below 2^53 by size, then other texts. */
export function idOrder(id: string): readonly [number, string] {
  const number = /^(0|[1-9]\d{0,15})$/.test(id) ? Number(id) : Number.NaN;
  return Number.isSafeInteger(number) ? [number, ''] : [2 ** 53, id];
}

/** As they are ordered. */
export const statesInOrder: readonly UserState[] = ['active', 'disabled', 'locked', 'initial'];
