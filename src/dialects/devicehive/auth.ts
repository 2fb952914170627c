import type { Actor } from '#core/actor.ts';
import { epochMsOf } from '#core/instant.ts';
import { administersVia } from '#core/policies/authorize.ts';
import type { Call, Services, Session } from './call.ts';
import { Refusal, refusals, wording } from './errors.ts';
import { type Action, permits, rightsOf } from './rights.ts';

/** The caller of a protected operation. Its token and its state are checked again at every call. */
export async function callerOf({ session }: Call, { guard }: Services, needs: readonly Action[]): Promise<Actor> {
  if (session.token === undefined) throw refusals.unauthorized();
  const actor = await guard.authenticate(session.token, 'devicehive');
  const rights = rightsOf(actor);
  if (!needs.some((action) => permits(rights, action))) throw refusals.accessDenied();
  return actor;
}

/** Makes a token the session's own. A refused one leaves the session as it was. */
export async function authenticate(session: Session, token: string, services: Services): Promise<void> {
  if (isJwt(token)) await checkAccessJwt(token, services);
  const invalid = refusals.invalidCredentials();
  await wording(services.guard.authenticate(token, 'devicehive'), {
    token_invalid: invalid,
    user_locked: invalid,
    user_disabled: invalid,
    user_initial: invalid,
  });
  session.token = token;
}

/** Whether the caller has the administrator's role. */
export function isAdministrator(actor: Actor): boolean {
  return administersVia(actor, 'devicehive');
}

export function requireAdministrator(actor: Actor): void {
  if (!isAdministrator(actor)) throw refusals.accessDenied();
}

async function checkAccessJwt(token: string, { jwts, clock }: Services): Promise<void> {
  const payload = await jwts.read(token);
  if (payload?.t !== 1) throw refusals.invalidCredentials();
  if (payload.e <= epochMsOf(clock.now())) throw new Refusal(401, 'Token expired');
}

/** An opaque token may have dots, but does not begin as the JSON of a header does. */
function isJwt(token: string): boolean {
  return token.startsWith('eyJ') && token.split('.').length === 3;
}
