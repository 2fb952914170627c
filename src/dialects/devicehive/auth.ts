import type { Actor } from '#core/actor.ts';
import { DirectoryError } from '#core/errors.ts';
import { epochMsOf } from '#core/instant.ts';
import { administersVia } from '#core/policies/authorize.ts';
import type { Services, Session } from './call.ts';
import { Refusal, refusals, wording } from './errors.ts';
import type { Payload } from './jwt.ts';
import { type Action, permits, rightsOf } from './rights.ts';

/** The caller of a protected operation. Its token and its state are checked again at every call. */
export async function callerOf(session: Session, services: Services, needs: readonly Action[]): Promise<Actor> {
  if (session.token === undefined) throw refusals.unauthorized();
  const actor = await actorBehind(session.token, services);
  const rights = rightsOf(actor);
  if (!needs.some((action) => permits(rights, action))) throw refusals.accessDenied();
  return actor;
}

/** Rows of expired tokens do not stay; on this text clients renew theirs, so the JWT itself is asked then. */
async function actorBehind(token: string, services: Services): Promise<Actor> {
  try {
    return await services.guard.authenticate(token, 'devicehive');
  } catch (error) {
    const isGone = error instanceof DirectoryError && error.reason === 'token_invalid';
    if (isGone && isJwt(token) && isExpired(await services.jwts.read(token), services)) throw tokenExpired();
    throw error;
  }
}

/** Whose access token this is, in the words of `authenticate`. */
export async function authenticate(token: string, services: Services): Promise<Actor> {
  if (isJwt(token)) await checkAccessJwt(token, services);
  const invalid = refusals.invalidCredentials();
  return wording(services.guard.authenticate(token, 'devicehive'), {
    token_invalid: invalid,
    user_locked: invalid,
    user_disabled: invalid,
    user_initial: invalid,
  });
}

/** Whether the caller has the administrator's role. */
export function isAdministrator(actor: Actor): boolean {
  return administersVia(actor, 'devicehive');
}

export function requireAdministrator(actor: Actor): void {
  if (!isAdministrator(actor)) throw refusals.accessDenied();
}

async function checkAccessJwt(token: string, services: Services): Promise<void> {
  const payload = await services.jwts.read(token);
  if (payload?.t !== 1) throw refusals.invalidCredentials();
  if (isExpired(payload, services)) throw tokenExpired();
}

function isExpired(payload: Payload | undefined, { clock }: Services): boolean {
  return payload?.t === 1 && payload.e <= epochMsOf(clock.now());
}

function tokenExpired(): Refusal {
  return new Refusal(401, 'Token expired');
}

/** An opaque token may have dots, but does not begin as the JSON of a header does. */
function isJwt(token: string): boolean {
  return token.startsWith('eyJ') && token.split('.').length === 3;
}
