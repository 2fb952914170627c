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

/** The answer to a change shows what has been changed: who may write may read the same. */
const includedIn: Readonly<Partial<Record<Permission, Permission>>> = {
  'users.read': 'users.write',
  'tokens.read': 'tokens.write',
  'clients.read': 'clients.write',
};

/** Whether the actor's token leaves this open; its user's own rights are another question. */
export function allows({ token }: Actor, permission: Permission): boolean {
  const listed = token?.permissions;
  if (listed === undefined || listed.includes(permission)) return true;
  const wider = includedIn[permission];
  return wider !== undefined && listed.includes(wider);
}

/** Refuses when the actor's token is limited to other things. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!allows(actor, permission)) throw limited(`This token does not allow ${permission}.`);
}

/** Refuses a token that is limited at all, for what no permission stands for and what cannot carry limits on. */
export function requireUnlimited({ token }: Actor): void {
  if (token?.permissions !== undefined) throw limited('A token that is limited to permissions does not allow this.');
}

/**
 * The permissions of a token that the actor makes: those wanted, or all that its own token allows; undefined for no
 * limit. Refuses any that its own token does not allow.
 */
export function grantable(actor: Actor, wanted: readonly Permission[] | undefined): readonly Permission[] | undefined {
  if (wanted === undefined) return actor.token?.permissions;
  const beyond = wanted.find((permission) => !allows(actor, permission));
  if (beyond === undefined) return permissions.filter((permission) => wanted.includes(permission));
  throw new DirectoryError('permission_denied', `This token does not allow ${beyond}, so it cannot pass it on.`, {
    reason: 'not_permitted',
    field: 'permissions',
  });
}

function limited(message: string): DirectoryError {
  return new DirectoryError('permission_denied', message, { reason: 'not_permitted' });
}
