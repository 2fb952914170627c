import type { Instant } from '#core/instant.ts';
import type { JsonObject } from '#core/json.ts';
import { administers, loginNameIn, stateOf, type User } from '#core/user.ts';

export const administratorRole = 0;
export const clientRole = 1;

/** The vendor's role: 0 for whoever administers this dialect, be it through the directory as a whole. */
export function roleOf(user: Pick<User, 'fields'>): number {
  return administers('devicehive', user) ? administratorRole : clientRole;
}

/** Whether the user administers more than this dialect, which this dialect cannot take away. */
export function administersAll(fields: User['fields']): boolean {
  return fields.owner === true || fields.administers?.includes('directory') === true;
}

/** The vendor's status: 1 locked, 2 disabled, 0 neither. */
export function statusOf(user: Pick<User, 'fields'>): number {
  const state = stateOf(user);
  if (state === 'locked') return 1;
  return state === 'disabled' ? 2 : 0;
}

export function introReviewedOf({ fields }: Pick<User, 'fields'>): boolean {
  return fields['extensions.devicehive.introReviewed'] === true;
}

export function allDeviceTypesOf({ fields }: Pick<User, 'fields'>): boolean {
  return fields['extensions.devicehive.allDeviceTypesAvailable'] !== false;
}

export function idOf({ ids }: Pick<User, 'ids'>): number {
  return Number(ids.devicehive);
}

/** A user with its networks, of which there are none yet. */
export function encodeUser(user: User): JsonObject {
  return { ...encodeListed(user), networks: [] };
}

/** A user as one of many. */
export function encodeListed(user: User): JsonObject {
  return {
    id: idOf(user),
    login: loginNameIn('devicehive', user),
    role: roleOf(user),
    status: statusOf(user),
    lastLogin: timestampOf(user.activity.lastLoginAt),
    data: user.fields.data ?? null,
    introReviewed: introReviewedOf(user),
    allDeviceTypesAvailable: allDeviceTypesOf(user),
  };
}

/** What is answered of a user that has just been created: no login, role or status. */
export function encodeCreated(user: User): JsonObject {
  const { id, lastLogin, data, introReviewed, allDeviceTypesAvailable } = encodeUser(user);
  return { id, lastLogin, data, introReviewed, allDeviceTypesAvailable } as JsonObject;
}

/** The vendor's timestamps are UTC without saying so. */
export function timestampOf(instant: Instant): string;
export function timestampOf(instant: Instant | undefined): string | null;
export function timestampOf(instant: Instant | undefined): string | null {
  return instant?.slice(0, -1) ?? null;
}
