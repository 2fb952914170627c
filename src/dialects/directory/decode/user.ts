import type { CreateUserInput, StateInput, UserInput } from '#core/commands/user-input.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import type { SecurityQuestion } from '#core/fields.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { UserPatch } from '#core/patch.ts';
import { decodeEmail, decodePhone } from './contacts.ts';
import type { UserBody } from './schema.ts';
import { decodePassword, decodeQuestions } from './secrets.ts';
import { unshownMembers } from './unshown.ts';

/** Members that nobody writes, but that may be sent back as they are shown. */
const readOnly = ['id', 'version', 'realm', 'owner', 'consent', 'createdAt', 'changedAt'];
const fixedOnceCreated = ['ids', 'kind'];
/** Members whose parts are fields of the same path. */
const plain = ['username', 'loginNames', 'profile', 'acceptsTextMessages', 'administers', 'extensions', 'registeredAt'];

/** What a new user is to be, its ids as they came. */
export interface NewUser extends UserInput {
  readonly kind: CreateUserInput['kind'];
  readonly lifecycle: 'initial' | 'active';
  readonly ids: JsonObject;
}

/** What else there is to know for reading a body. */
export interface Surroundings {
  /** The user's realm; national phone numbers are those of its region. */
  readonly realm: { readonly name: string; readonly region: string };
  /** The dialects that are served, by name. */
  readonly dialects: readonly string[];
}

/** All of the body, but for the realm, which may be named as the one that it must be. */
export function decodeNewUser(body: JsonObject, around: Surroundings): NewUser {
  const { mergeData: data, ...input } = decode(body, { realm: around.realm.name }, readOnly, around);
  const { kind = 'human', state, ids = {} } = body as UserBody;
  const patch = data === undefined ? {} : { patch: { ...input.patch, data } };
  return { ...input, ...patch, kind, ids, lifecycle: state === 'initial' ? 'initial' : 'active' };
}

/** The names that a body may claim. */
export function namesIn({ username, loginNames }: JsonObject): string[] {
  const names = [username, ...(isJsonObject(loginNames) ? Object.values(loginNames) : [])];
  return names.filter((name): name is string => typeof name === 'string');
}

/**
 * A merge patch as a command's input. What equals the shown member asks for nothing.
 * @param shown the user as `encodeUser` shows it
 */
export function decodeChanges(body: JsonObject, shown: JsonObject, around: Surroundings): UserInput {
  return decode(body, shown, [...readOnly, ...fixedOnceCreated], around);
}

function decode(body: JsonObject, shown: JsonObject, refused: readonly string[], around: Surroundings): UserInput {
  const { region } = around.realm;
  const sent = body as UserBody;
  const remaining = unshownMembers(body, shown);
  const asked = remaining as UserBody;
  refuseReadOnly(remaining, refused);
  if (asked.username === null) throw invalidField('username', 'A user needs a username.', 'field_required');
  const now = shown as UserBody;
  refuseUnknownDialects(asked, now, around.dialects);
  const email = sent.email && asked.email ? decodeEmail(sent.email, asked.email, now.email ?? {}) : undefined;
  const phone = sent.phone && asked.phone ? decodePhone(sent.phone, asked.phone, now.phone ?? {}, region) : undefined;
  const patch = fieldsOf(remaining, shown);
  const state = decodeState(asked, now);
  const questions = (now.securityQuestions ?? []) as readonly SecurityQuestion[];
  return {
    ...(Object.keys(patch).length === 0 ? {} : { patch }),
    ...part('email', asked.email === null ? null : email),
    ...part('phone', asked.phone === null ? null : phone),
    ...(isJsonObject(remaining['data']) ? { mergeData: remaining['data'] } : {}),
    ...(asked.password === undefined ? {} : { password: decodePassword(asked.password) }),
    // A PIN is never shown, so whatever is said of it is asked.
    ...part('pin', sent.pin),
    ...part('securityQuestions', asked.securityQuestions && decodeQuestions(asked.securityQuestions, questions)),
    ...part('state', state),
  };
}

function part<Name extends keyof UserInput>(name: Name, value: UserInput[Name] | undefined) {
  return value === undefined ? {} : { [name]: value };
}

function refuseReadOnly(asked: JsonObject, refused: readonly string[]): void {
  const inside = ['email', 'phone'].filter((name) => isJsonObject(asked[name]) && 'verifiedAt' in asked[name]);
  const since = ['lockedAt', 'disabledAt'].filter((name) => asked[name] !== undefined && asked[name] !== null);
  const [field] = [...refused.filter((name) => name in asked), ...inside.map((name) => `${name}.verifiedAt`), ...since];
  if (field === undefined) return;
  throw new DirectoryError('invalid_argument', `${field} cannot be written.`, { reason: 'field_read_only', field });
}

/** A misspelt name would lie there unseen, granting nothing; one that stands already is fine, served or not. */
function refuseUnknownDialects(asked: UserBody, shown: UserBody, served: readonly string[]): void {
  const granted = (asked.administers ?? []).filter((name) => !shown.administers?.includes(name));
  const named = Object.keys(asked.loginNames ?? {}).filter((name) => !Object.hasOwn(shown.loginNames ?? {}, name));
  for (const [field, names] of [
    ['administers', granted],
    ['loginNames', named],
  ] as const) {
    const unknown = names.find((name) => !served.includes(name));
    if (unknown === undefined) continue;
    throw invalidField(field, `${field} names the dialect ${unknown}; served are ${served.join(', ')}.`);
  }
}

/** The patch of the plain members, and of data that is cleared; a group that is null clears each shown part of it. */
function fieldsOf(asked: JsonObject, shown: JsonObject): UserPatch {
  const leaves = plain.flatMap((name) => leavesOf(name, asked[name], shown[name]));
  const patch = Object.fromEntries(asked['data'] === null ? [...leaves, ['data', null]] : leaves);
  // The values are still to be checked: that is the field table's work.
  return patch as UserPatch;
}

function leavesOf(path: string, asked: Json | undefined, shown: Json | undefined): [string, Json][] {
  if (asked === undefined) return [];
  const group = asked === null ? shown : asked;
  if (!isJsonObject(group)) return [[path, asked]];
  const inner = isJsonObject(shown) ? shown : {};
  return Object.entries(group).flatMap(([name, value]) =>
    leavesOf(`${path}.${name}`, asked === null ? null : value, inner[name]),
  );
}

/**
 * `active` lifts whatever keeps the user from being it; `locked` and `disabled` add to what there is. A null `lockedAt`
 * or `disabledAt` lifts that alone.
 */
function decodeState(asked: UserBody, shown: UserBody): StateInput | undefined {
  const wished: Readonly<Record<string, StateInput>> = {
    active: { locked: false, disabled: false, activate: true },
    locked: { locked: true },
    disabled: { disabled: true },
  };
  const lifted: StateInput = {
    ...(asked.lockedAt === null ? { locked: false } : {}),
    ...(asked.disabledAt === null ? { disabled: false } : {}),
  };
  if (asked.state === 'initial' && shown.state !== undefined) {
    throw invalidField('state', 'state cannot become initial again; it may become active, locked or disabled.');
  }
  const state = { ...lifted, ...wished[asked.state ?? ''] };
  return Object.keys(state).length === 0 ? undefined : state;
}
