import type { Instant } from './instant.ts';
import { nameKey } from './names.ts';
import type { Fields } from './patch.ts';
import type { RealmKey } from './realm.ts';

/** The core's own key of a user: never shown, never reused. */
export type UserKey = number;

/** A person or a machine, kept once. */
export interface User {
  readonly key: UserKey;
  readonly realm: RealmKey;
  readonly kind: 'human' | 'machine';
  /** The id by which each dialect knows this user; never changes. */
  readonly ids: Readonly<Record<string, string>>;
  /** Counts the changes, from 1. */
  readonly version: number;
  /** The digest of the last change: a missing one shows. */
  readonly digest: string;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
  readonly fields: Fields;
  readonly activity: Activity;
}

/** What happens to a user outside version and history. */
export interface Activity {
  readonly lastLoginAt?: Instant;
  /** Wrong passwords since the last right one. */
  readonly failedAttempts: number;
}

/** What a user has to be, as far as it is given. */
export interface UserBounds {
  readonly kind?: User['kind'] | undefined;
  readonly realm?: RealmKey | undefined;
}

export function isWithin({ kind, realm }: UserBounds, user: User): boolean {
  return (kind === undefined || kind === user.kind) && (realm === undefined || realm === user.realm);
}

export type UserState = 'initial' | 'active' | 'disabled' | 'locked' | 'deleted';

/** Derived, in this order: deleted, initial, disabled, locked, active. */
export function stateOf({ fields }: Pick<User, 'fields'>): UserState {
  if (fields.lifecycle === 'deleted') return 'deleted';
  if (fields.lifecycle === 'initial') return 'initial';
  if (fields.disabledAt !== undefined) return 'disabled';
  if (fields.lockedAt !== undefined) return 'locked';
  return 'active';
}

/** The name by which a user signs in through a dialect. */
export function loginNameIn(dialect: string, { fields }: Pick<User, 'fields'>): string {
  return fields[`loginNames.${dialect}`] ?? fields.username ?? '';
}

/** Whether a user signs in through a dialect by this name: its username, or its own login name there. */
export function signsInAs(dialect: string, { fields }: Pick<User, 'fields'>, name: string): boolean {
  return [fields.username, fields[`loginNames.${dialect}`]].some((held) => held && nameKey(held) === nameKey(name));
}

/** Every name that a user holds: the username and the dialects' own login names. */
export function namesOf(fields: Fields): string[] {
  const names: string[] = [];
  for (const path in fields) {
    const name = isNamePath(path) ? fields[path] : undefined;
    if (typeof name === 'string') names.push(name);
  }
  return names;
}

/** The names by which a user signs in through single dialects, by dialect; undefined for none. */
export function loginNamesOf(fields: Fields): Record<string, string> | undefined {
  let names: Record<string, string> | undefined;
  for (const path in fields) {
    if (!path.startsWith(loginNamePrefix)) continue;
    names ??= {};
    names[path.slice(loginNamePrefix.length)] = fields[path as `loginNames.${string}`] ?? '';
  }
  return names;
}

const loginNamePrefix = 'loginNames.';

export function isNamePath(path: string): path is 'username' {
  return path === 'username' || path.startsWith('loginNames.');
}

/** Whether a user administers a dialect, be it with the whole directory or as its owner. */
export function administers(dialect: string, { fields }: Pick<User, 'fields'>): boolean {
  const granted = fields.administers ?? [];
  return fields.owner === true || granted.includes('directory') || granted.includes(dialect);
}
