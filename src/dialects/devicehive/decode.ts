import type { CreateUserInput, PasswordInput, StateInput, UserInput } from '#core/commands/user-input.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { UserPatch } from '#core/patch.ts';
import type { RealmKey } from '#core/realm.ts';
import { loginNameIn, type User } from '#core/user.ts';
import { administersAll, administratorRole, introReviewedOf, roleOf, statusOf } from './encode.ts';
import { Refusal, refusals } from './errors.ts';
import { booleanOf, integerOf, optional, textOf } from './members.ts';
import { checkBounds, checkLogin, checkPassword, loginMissing, passwordRules } from './rules.ts';

/** Wrong passwords after which the vendor locks a user. */
export const lockAfterAttempts = 10;

/** The members of a `user` that are understood; all others are ignored. Absent, null and value stay apart. */
export interface UserMembers {
  readonly login: string | null | undefined;
  readonly role: number | null | undefined;
  readonly status: number | null | undefined;
  readonly password: string | null | undefined;
  /** Still to be seen whether it is an object: the vendor asks first who may write what. */
  readonly data: Json | undefined;
  readonly introReviewed: boolean | null | undefined;
  readonly allDeviceTypesAvailable: boolean | null | undefined;
}

/** The `user` of a message. */
export function readUser({ user }: JsonObject): UserMembers {
  if (user === undefined || user === null) throw refusals.userRequired();
  if (!isJsonObject(user)) throw refusals.malformed();
  return {
    login: optional(user.login, textOf),
    role: optional(user.role, integerOf),
    status: optional(user.status, integerOf),
    password: optional(user.password, textOf),
    data: user.data,
    introReviewed: optional(user.introReviewed, booleanOf),
    allDeviceTypesAvailable: optional(user.allDeviceTypesAvailable, booleanOf),
  };
}

/** The `userId` of a message. */
export function readUserId({ userId }: JsonObject): number {
  const id = optional(userId, integerOf);
  if (id === undefined || id === null) throw refusals.userIdRequired();
  return id;
}

/** A user-level account writes neither of these, not even what they are. */
export function refuseAdministration({ login, role, status }: UserMembers): void {
  if ([login, role, status].some((value) => value !== undefined && value !== null)) throw refusals.administratorsOnly();
}

/**
 * What a `user` changes of the user that is there. A member equal to what is shown changes nothing and is not checked.
 */
export function decodeUpdate(members: UserMembers, user: User): UserInput {
  const { login, role, status, password, introReviewed } = members;
  const data = optional(members.data, dataOf);
  const shownLogin = loginNameIn('devicehive', user);
  const renamed = changed(changed(login, shownLogin)?.trim(), shownLogin);
  const promoted = changed(role, roleOf(user));
  const moved = changed(status, statusOf(user));
  const reviewed = changed(introReviewed, introReviewedOf(user));
  if (password) checkPassword(password);
  checkBounds({ role: promoted, status: moved });
  if (renamed !== undefined) checkLogin(renamed);
  return {
    ...(renamed === undefined ? {} : { loginName: { dialect: 'devicehive', name: renamed } }),
    ...(promoted === undefined ? {} : { administers: { devicehive: granting(promoted, user) } }),
    ...(moved === undefined ? {} : { state: stateFor(moved) }),
    ...(password ? { password: passwordInput(password) } : {}),
    patch: {
      ...(data === undefined ? {} : { data }),
      ...(reviewed === undefined ? {} : { 'extensions.devicehive.introReviewed': reviewed }),
    },
  };
}

/** A new user of the caller's realm. The checks are in the vendor's order. */
export function decodeInsert(members: UserMembers, realm: RealmKey): CreateUserInput {
  const { login, role, status, password, introReviewed, allDeviceTypesAvailable } = members;
  const data = optional(members.data, dataOf);
  checkBounds({ login, role, status, password });
  if (login === undefined || login === null) throw loginMissing();
  if (role === undefined || role === null) throw new Refusal(400, 'User role is invalid or empty');
  checkPassword(password ?? '');
  const username = login.trim();
  checkLogin(username);
  const patch: UserPatch = {
    username,
    ...(data ? { data } : {}),
    ...(typeof introReviewed === 'boolean' ? { 'extensions.devicehive.introReviewed': introReviewed } : {}),
    ...(allDeviceTypesAvailable === false ? { 'extensions.devicehive.allDeviceTypesAvailable': false } : {}),
  };
  return {
    realm,
    kind: 'human',
    patch,
    password: passwordInput(password ?? ''),
    ...(role === administratorRole ? { administers: { devicehive: true } } : {}),
    ...(status ? { state: stateFor(status) } : {}),
  };
}

function dataOf(value: Json): JsonObject {
  if (!isJsonObject(value)) throw refusals.dataNoObject();
  return value;
}

/** The value sent, unless it is none or the one shown: those are no change. */
function changed<Value>(value: Value | null | undefined, shown: Value): Value | undefined {
  return value === null || value === shown ? undefined : value;
}

function granting(role: number, { fields }: User): boolean {
  if (role !== administratorRole && administersAll(fields)) {
    throw new Refusal(403, 'This user administers the whole directory, so its role cannot be taken away here');
  }
  return role === administratorRole;
}

function stateFor(status: number): StateInput {
  if (status === 2) return { disabled: true };
  return { locked: status === 1, disabled: false };
}

function passwordInput(plain: string): PasswordInput {
  return { set: { plain }, byUserItself: true, rules: passwordRules, lockAfterAttempts };
}
