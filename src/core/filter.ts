import { nameKey } from './names.ts';
import type { RealmKey } from './realm.ts';
import { namesOf, type User, type UserKey } from './user.ts';

/** Which users are looked for. Deleted users are never found. */
export type Filter =
  | { readonly op: 'all' }
  | { readonly op: 'realm'; readonly realm: RealmKey }
  | { readonly op: 'user'; readonly key: UserKey }
  | { readonly op: 'kind'; readonly kind: User['kind'] }
  /** Holds this name, as a username or as any login name, in any case and Unicode form. */
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter };

/** A page of results in order of creation. `limit` is at most 1000. */
export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
}

export interface Page {
  readonly users: readonly User[];
  readonly hasMore: boolean;
}

/** The reference evaluator: what every store's search must agree with. */
export function matches(filter: Filter, user: User): boolean {
  return user.fields.lifecycle !== 'deleted' && holds(filter, user);
}

function holds(filter: Filter, user: User): boolean {
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
    case 'and':
      return filter.filters.every((inner) => holds(inner, user));
    case 'or':
      return filter.filters.some((inner) => holds(inner, user));
    case 'not':
      return !holds(filter.filter, user);
  }
}
