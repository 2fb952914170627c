import type { Context, State } from '#core/command.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import { type Instant, isInstant } from '#core/instant.ts';
import { requirePermission, requireUnlimited } from '#core/permissions.ts';
import { authorizeOver, userNotFound } from '#core/policies/authorize.ts';
import type { User, UserKey } from '#core/user.ts';

/**
 * The machine whose credentials the actor may change: its own, or those of one that it administers. A credential is
 * the machine's whole voice, so a token that is limited makes none.
 */
export function machineFor(key: UserKey, state: State, { actor, via }: Context): User {
  requirePermission(actor, 'users.write');
  requireUnlimited(actor);
  const user = state.user(key);
  if (user === undefined || user.fields.lifecycle === 'deleted') throw userNotFound();
  authorizeOver(actor, user, via);
  if (user.kind === 'machine') return user;
  throw new DirectoryError('failed_precondition', 'Only machines have secrets, keys and tokens of this kind.', {
    reason: 'user_not_machine',
  });
}

/** Refuses a moment that is not to come. */
export function requireFuture(expiresAt: Instant, now: Instant): void {
  if (isInstant(expiresAt) && expiresAt > now) return;
  const message = 'expiresAt must be a moment to come, such as 2030-01-31T00:00:00.000Z.';
  throw invalidField('expiresAt', message, 'expiry_past');
}
