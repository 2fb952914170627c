import type { Actor } from '#core/actor.ts';
import { DirectoryError } from '#core/errors.ts';
import { administersVia } from '#core/policies/authorize.ts';
import { refusal } from './errors.ts';

/**
 * The error that this caller is told. As upstream, who is a member of nothing, neither the owner of the instance nor of
 * an organization, is told so instead of what permission is missing.
 */
export function errorFor(actor: Actor, error: unknown): unknown {
  const isUnpermitted = error instanceof DirectoryError && error.code === 'permission_denied';
  return isUnpermitted && !administersVia(actor, 'zitadel') ? refusal('AUTHZ-cdgFk') : error;
}
