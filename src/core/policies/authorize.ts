import type { Actor, Via } from '#core/actor.ts';
import { DirectoryError } from '#core/errors.ts';
import type { FieldTable } from '#core/fields.ts';
import type { Changes } from '#core/patch.ts';
import { allows, requirePermission } from '#core/permissions.ts';
import type { User } from '#core/user.ts';

type Target = Pick<User, 'key' | 'realm' | 'fields'>;

/** Whether the actor administers its own realm through this dialect. */
export function administersVia(actor: Actor, dialect: string): boolean {
  return actor.owner || actor.administers.includes('directory') || actor.administers.includes(dialect);
}

/** Whether the actor administers this user through this dialect. */
export function mayAdminister(actor: Actor, target: Target, dialect: string): boolean {
  return actor.owner || (actor.realm === target.realm && administersVia(actor, dialect));
}

/**
 * Refuses unless the actor is the user itself or administers it. A user of another realm is not found, and nobody
 * changes somebody who administers more than himself: else a small right could be turned into a large one.
 */
export function authorizeUpdate(actor: Actor, target: Target, via: Via): void {
  requirePermission(actor, 'users.write');
  authorizeOver(actor, target, via);
}

/** The same for what has a permission of its own, such as the user's tokens. */
export function authorizeOver(actor: Actor, target: Target, via: Via): void {
  if (actor.user === target.key || actor.owner) return;
  authorizeSight(actor, target, via);
  const outranked = target.fields.owner === true || target.fields.administers?.some((name) => !grants(actor, name));
  if (outranked) {
    throw new DirectoryError('permission_denied', 'This user administers more than you do.', { reason: 'outranked' });
  }
}

/** Refuses unless the actor is the user itself or administers its realm through this dialect. */
export function authorizeRead(actor: Actor, target: Target, via: Via): void {
  requirePermission(actor, 'users.read');
  authorizeSight(actor, target, via);
}

/** The same for what has a permission of its own. */
export function authorizeSight(actor: Actor, target: Target, via: Via): void {
  if (actor.user === target.key || actor.owner) return;
  if (actor.realm !== target.realm) throw userNotFound();
  if (!administersVia(actor, via.dialect)) throw notPermitted();
}

/** Whether the actor may see this user at all; a deleted one is not there to be seen. */
export function maySee(actor: Actor, target: Target, via: Via): boolean {
  if (target.fields.lifecycle === 'deleted' || !allows(actor, 'users.read')) return false;
  return actor.user === target.key || mayAdminister(actor, target, via.dialect);
}

/** Refuses unless the actor may write every path that has changed: the one place where the field table is the law. */
export function authorizeChanges(
  actor: Actor,
  target: Target,
  changes: Changes,
  table: FieldTable,
  via: Via,
  vouchedFor: readonly string[],
): void {
  if (actor.kind === 'system') return;
  const administrator = mayAdminister(actor, target, via.dialect);
  for (const [path, { before, after }] of Object.entries(changes)) {
    if (vouchedFor.includes(path)) continue;
    const writers = table.row(path)?.writers ?? 'nobody';
    const allowed = writers === 'self' || (writers === 'administrator' && administrator);
    if (!allowed) throw notPermitted(path);
    if (path === 'administers') authorizeGrants(actor, before as string[] | null, after as string[] | null);
  }
}

function authorizeGrants(actor: Actor, before: string[] | null, after: string[] | null): void {
  const [had, has] = [new Set(before), new Set(after)];
  for (const dialect of had.symmetricDifference(has)) {
    if (!grants(actor, dialect)) throw notPermitted('administers');
  }
}

function grants(actor: Actor, dialect: string): boolean {
  if (actor.owner || actor.administers.includes('directory')) return true;
  return actor.administers.includes(dialect);
}

export function notPermitted(field?: string): DirectoryError {
  const what = field === undefined ? 'do this' : `write ${field}`;
  return new DirectoryError('permission_denied', `You have no permission to ${what}.`, {
    reason: 'not_permitted',
    ...(field === undefined ? {} : { field }),
  });
}

export function userNotFound(): DirectoryError {
  return new DirectoryError('not_found', 'There is no such user.', { reason: 'user_not_found' });
}
