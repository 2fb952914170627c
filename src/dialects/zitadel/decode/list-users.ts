import type { TextQueryMethod } from '@zitadel/proto/zitadel/object/v2/object_pb.js';
import { type SearchQuery, Type, UserFieldName } from '@zitadel/proto/zitadel/user/v2/query_pb.js';
import { UserState as VendorState } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import type { ListUsersRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { invalidField } from '#core/errors.ts';
import type { EntryFilter, Filter, Order, PageRequest } from '#core/filter.ts';
import type { TextPath } from '#core/searched-text.ts';
import type { UserState } from '#core/user.ts';
import { byteFilterMethods, type NewerQuery } from '#dialects/zitadel/descriptors.ts';
import { refusal } from '#dialects/zitadel/errors.ts';
import type { Violation } from '#dialects/zitadel/pgv.ts';
import { textMatch } from './text-match.ts';

const defaultLimit = 100;
const maxLimit = 1000;
/** Queries in queries, from 0. */
const maxLevel = 20;

/** Queries in all, with those inside: more are too many for a statement of SQLite. */
const maxQueries = 2000;

/** Queries about metadata: each takes some milliseconds to be planned. */
const maxEntries = 100;

/** What queries mean to the caller. */
export interface Meaning {
  /** Users of the organization with this id of the vendor's. */
  inOrganization(id: string): Filter;
  /** Users with such an entry of metadata. */
  withEntry(entry: EntryFilter): Filter;
}

/** What is looked for. Throws for the first broken rule, a limit that is too large, or queries that say nothing or nest too deep. */
export function decodeList(
  { query, queries, sortingColumn }: ListUsersRequest,
  [broken]: readonly Violation[],
  meaning: Meaning,
): { readonly filter: Filter; readonly page: PageRequest } {
  if (broken?.text.endsWith(saysNothing)) throw refusal('GRPC-vR9nC', broken.path);
  if (broken !== undefined) throw invalidField(broken.path, broken.text);
  const { offset = 0n, limit = 0, asc = false } = query ?? {};
  if (limit > maxLimit) throw refusal('QUERY-4M0fs', 'query.limit');
  const filters = queries.map((one) => filterOf(one, 0, meaning));
  const order = { ...orderBy(sortingColumn), descending: !asc };
  const filter = allOf(filters);
  const { all, entries } = sizeOf(filter);
  if (all > maxQueries) throw invalidField('queries', `queries must be ${maxQueries} at most, with those inside.`);
  if (entries > maxEntries) {
    throw invalidField('queries', `queries about metadata must be ${maxEntries} at most, with those inside.`);
  }
  return { filter, page: { offset: Number(offset), limit: limit || defaultLimit, order } };
}

interface Size {
  readonly all: number;
  /** Those about metadata. */
  readonly entries: number;
}

function sizeOf(filter: Filter | EntryFilter): Size {
  if ('filter' in filter) return sizeOf(filter.filter);
  if ('entry' in filter) return sizeOf(filter.entry);
  const isOfEntry = filter.op === 'key' || filter.op === 'value';
  if (!('filters' in filter)) return { all: 1, entries: isOfEntry ? 1 : 0 };
  return (filter.filters as readonly (Filter | EntryFilter)[])
    .map(sizeOf)
    .reduce((sum, inner) => ({ all: sum.all + inner.all, entries: sum.entries + inner.entries }), {
      all: 1,
      entries: 0,
    });
}

/** The ids of all organizations that queries name, as deep as queries may nest. */
export function organizationsIn(queries: readonly SearchQuery[], level = 0): string[] {
  if (level > maxLevel) return [];
  return queries.flatMap(({ query }) => {
    if (query.case === 'organizationIdQuery') return [query.value.organizationId];
    if (query.case === 'andQuery' || query.case === 'orQuery') return organizationsIn(query.value.queries, level + 1);
    return query.case === 'notQuery' && query.value.query ? organizationsIn([query.value.query], level + 1) : [];
  });
}

/** The rule that a query is one of those that there are. */
const saysNothing = 'invalid SearchQuery.Query: value is required';

function filterOf(one: SearchQuery, level: number, meaning: Meaning): Filter {
  const query = one.query as NewerQuery;
  if (level > maxLevel) throw refusal('USER-zsQ97', 'queries');
  const inner = (other: SearchQuery) => filterOf(other, level + 1, meaning);
  switch (query.case) {
    case 'userNameQuery':
      return textFilter('username', query.value.userName, query.value.method);
    case 'firstNameQuery':
      return textFilter('profile.givenName', query.value.firstName, query.value.method);
    case 'lastNameQuery':
      return textFilter('profile.familyName', query.value.lastName, query.value.method);
    case 'nickNameQuery':
      return textFilter('profile.nickName', query.value.nickName, query.value.method);
    case 'displayNameQuery':
      return textFilter('profile.displayName', query.value.displayName, query.value.method);
    case 'emailQuery':
      return textFilter('email.address', query.value.emailAddress, query.value.method);
    case 'phoneQuery':
      return anyText(['phone.number', 'phone.entered'], query.value.number, query.value.method);
    case 'loginNameQuery':
      return anyText(['username', 'loginNames.zitadel'], query.value.loginName, query.value.method);
    case 'stateQuery':
      return stateFilter(query.value.state);
    case 'typeQuery':
      return kindFilter(query.value.type);
    case 'inUserIdsQuery':
      return { op: 'ids', dialect: 'zitadel', ids: query.value.userIds };
    case 'inUserEmailsQuery':
      return { op: 'emails', addresses: query.value.userEmails };
    case 'organizationIdQuery':
      return meaning.inOrganization(query.value.organizationId);
    case 'orQuery':
      return anyOf(query.value.queries.map(inner));
    case 'andQuery':
      return allOf(query.value.queries.map(inner));
    case 'notQuery':
      if (query.value.query === undefined) throw refusal('GRPC-vR9nC', 'queries');
      return { op: 'not', filter: inner(query.value.query) };
    case 'metadataKeyFilter':
      return meaning.withEntry({ op: 'key', ...textMatch(query.value.key, query.value.method) });
    case 'metadataValueFilter': {
      const entry: EntryFilter = { op: 'value', value: query.value.value.toBase64() };
      const isOther = query.value.method === byteFilterMethods.BYTE_FILTER_METHOD_NOT_EQUALS;
      return meaning.withEntry(isOther ? { op: 'not', filter: entry } : entry);
    }
    case undefined:
      throw refusal('GRPC-vR9nC', 'queries');
  }
}

/** One entry has to meet all that is said of metadata, as the vendor joins users with their entries one by one. */
function allOf(filters: readonly Filter[]): Filter {
  const all = filters.flatMap((filter) => (filter.op === 'and' ? filter.filters : [filter]));
  const entries = entriesIn(all);
  if (entries.length === 0) return { op: 'and', filters: all };
  const ofOne: Filter = { op: 'metadata', entry: { op: 'and', filters: entries } };
  const others = all.filter(({ op }) => op !== 'metadata');
  return others.length === 0 ? ofOne : { op: 'and', filters: [...others, ofOne] };
}

function anyOf(filters: readonly Filter[]): Filter {
  const entries = entriesIn(filters);
  const isOfEntries = entries.length > 0 && entries.length === filters.length;
  return isOfEntries ? { op: 'metadata', entry: { op: 'or', filters: entries } } : { op: 'or', filters };
}

function entriesIn(filters: readonly Filter[]): EntryFilter[] {
  return filters.flatMap((filter) => (filter.op === 'metadata' ? [filter.entry] : []));
}

/** Texts are kept in NFC. */
function textFilter(path: TextPath, text: string, method: TextQueryMethod): Filter {
  return { op: 'text', path, ...textMatch(text.normalize('NFC'), method) };
}

function anyText(paths: readonly TextPath[], text: string, method: TextQueryMethod): Filter {
  return { op: 'or', filters: paths.map((path) => textFilter(path, text, method)) };
}

export const nobody: Filter = { op: 'or', filters: [] };

const states: Partial<Record<VendorState, UserState>> = {
  [VendorState.ACTIVE]: 'active',
  [VendorState.INACTIVE]: 'disabled',
  [VendorState.LOCKED]: 'locked',
  [VendorState.INITIAL]: 'initial',
};

/** Nobody who is deleted, or in no state, is ever found. */
function stateFilter(vendorState: VendorState): Filter {
  const state = states[vendorState];
  return state === undefined ? nobody : { op: 'state', state };
}

function kindFilter(type: Type): Filter {
  if (type === Type.UNSPECIFIED) return nobody;
  return { op: 'kind', kind: type === Type.HUMAN ? 'human' : 'machine' };
}

function orderBy(column: UserFieldName): Order {
  switch (column) {
    case UserFieldName.USER_NAME:
      return { by: 'text', path: 'username' };
    case UserFieldName.FIRST_NAME:
      return { by: 'text', path: 'profile.givenName' };
    case UserFieldName.LAST_NAME:
      return { by: 'text', path: 'profile.familyName' };
    case UserFieldName.NICK_NAME:
      return { by: 'text', path: 'profile.nickName' };
    case UserFieldName.DISPLAY_NAME:
      return { by: 'text', path: 'profile.displayName' };
    case UserFieldName.EMAIL:
      return { by: 'text', path: 'email.address' };
    case UserFieldName.STATE:
      return { by: 'state' };
    case UserFieldName.TYPE:
      return { by: 'kind' };
    case UserFieldName.CREATION_DATE:
      return { by: 'createdAt' };
    default:
      return { by: 'id', dialect: 'zitadel' };
  }
}
