import type { Actor } from '#core/actor.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Permission } from '#core/permissions.ts';

/** The vendor's actions; the index is the number that stands for each in a JWT. Source: CO/auth/HiveAction.java. */
export const actionNames = [
  '*',
  'None',
  'GetNetwork',
  'GetDevice',
  'GetDeviceNotification',
  'GetDeviceCommand',
  'RegisterDevice',
  'CreateDeviceCommand',
  'UpdateDeviceCommand',
  'CreateDeviceNotification',
  'GetCurrentUser',
  'UpdateCurrentUser',
  'ManageUser',
  'ManageConfiguration',
  'ManageNetwork',
  'ManageToken',
  'ManagePlugin',
  'GetDeviceType',
  'ManageDeviceType',
] as const;

export type Action = Exclude<(typeof actionNames)[number], '*' | 'None'>;

/** What a token allows, in the words of the JWT: null allows nothing. */
export interface Rights {
  /** Action numbers; 0 stands for all, an empty list for what a client may do. */
  readonly a: readonly number[] | null;
  /** Network ids, or `*`. */
  readonly n: readonly string[] | null;
  /** Device type ids, or `*`. */
  readonly dt: readonly string[] | null;
}

/** What an account of the client role may do. */
export const clientActions: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 17];

export const allRights: Rights = { a: [0], n: ['*'], dt: ['*'] };
const noRights: Rights = { a: null, n: null, dt: null };

/**
 * What the caller's token allows: everything, when it is one of the directory's own. Of one with limits no token can
 * be made, as those made here could not keep them; within its actions the directory itself sees to them.
 */
export function rightsOf({ token }: Actor): Rights {
  if (token === undefined) return noRights;
  if (token.permissions) return { ...noRights, a: token.permissions.flatMap((name) => actionsFor[name] ?? []) };
  return token.rights === null ? allRights : readRights(token.rights);
}

const actionsFor: Partial<Readonly<Record<Permission, readonly number[]>>> = {
  'users.read': [actionNames.indexOf('GetCurrentUser'), actionNames.indexOf('ManageUser')],
  'users.write': [actionNames.indexOf('UpdateCurrentUser'), actionNames.indexOf('ManageUser')],
};

/** Rights as they were written into a token's row. */
export function readRights(doc: Json): Rights {
  if (!isJsonObject(doc)) return noRights;
  const list = <Item>(value: Json | undefined) => (Array.isArray(value) ? (value as Item[]) : null);
  return { a: list<number>(doc.a), n: list<string>(doc.n), dt: list<string>(doc.dt) };
}

/** What is written into a token's row. */
export function rightsDoc({ a, n, dt }: Rights): JsonObject {
  return { a, n, dt };
}

export function permits({ a }: Rights, action: Action): boolean {
  return actionsIn(a).has(actionNames.indexOf(action));
}

/** Whether everything that `wanted` allows is allowed by `held`. */
export function covers(held: Rights, wanted: Rights): boolean {
  return (
    actionsIn(wanted.a).isSubsetOf(actionsIn(held.a)) &&
    coversIds(held.n, wanted.n ?? []) &&
    coversIds(held.dt, wanted.dt ?? [])
  );
}

function actionsIn(a: readonly number[] | null): Set<number> {
  if (a === null) return new Set();
  if (a.includes(0)) return new Set(actionNames.keys().drop(2));
  return new Set((a.length === 0 ? clientActions : a).filter((action) => action > 1));
}

function coversIds(held: readonly string[] | null, wanted: readonly string[]): boolean {
  return held?.includes('*') || wanted.every((id) => held?.includes(id));
}
