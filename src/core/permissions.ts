import type { Actor } from './actor.ts';
import { DirectoryError } from './errors.ts';

/** What a token can be limited to. A token without a list may do whatever its user may. */
export const permissions = [
  'users.read',
  'users.write',
  'tokens.read',
  'tokens.write',
  'clients.read',
  'clients.write',
  'messages.read',
] as const;

export type Permission = (typeof permissions)[number];

/** Refuses when the actor's token is limited to other things. */
export function requirePermission({ token }: Actor, permission: Permission): void {
  if (token?.permissions === undefined || token.permissions.includes(permission)) return;
  throw new DirectoryError('permission_denied', `This token does not allow ${permission}.`, {
    reason: 'not_permitted',
  });
}

/** Whether a list of permissions is within what the actor's own token allows; no list is everything. */
export function coversPermissions({ token }: Actor, wanted: readonly Permission[] | undefined): boolean {
  if (token?.permissions === undefined) return true;
  return wanted?.every((permission) => token.permissions?.includes(permission)) ?? false;
}
