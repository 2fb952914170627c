import { type Actor, systemActor } from '#core/actor.ts';
import { touchLogin } from '#core/commands/touch-login.ts';
import type { RunOptions } from '#core/directory.ts';
import { epochMsOf } from '#core/instant.ts';
import { authorizeUpdate } from '#core/policies/authorize.ts';
import type { User } from '#core/user.ts';
import { authenticate, isAdministrator } from './auth.ts';
import type { Handler, OpenHandler, Services } from './call.ts';
import { lockAfterAttempts } from './decode.ts';
import { readCredentials, readTokenRequest } from './decode-token.ts';
import { administratorRole, allDeviceTypesOf, roleOf } from './encode.ts';
import { Refusal, refusals, wording } from './errors.ts';
import { issueAccessToken, issueTokens } from './issue-tokens.ts';
import { textOf } from './members.ts';
import { allRights, clientActions, covers, type Rights, readRights, rightsOf } from './rights.ts';
import { findUser } from './users.ts';

/**
 * `authenticate`: the token becomes the connection's own, which the vendor takes for a login. A refused one leaves the
 * connection as it was.
 */
export const authenticateSession: OpenHandler = async ({ params, session, via }, services) => {
  const { token: given = null } = params;
  if (given === null || given === '') throw refusals.unauthorized();
  const token = textOf(given);
  const actor = await authenticate(token, services);
  if (actor.user !== undefined) await services.directory.as(actor, via).run(touchLogin, { user: actor.user });
  session.token = token;
  return {};
};

/** `token`: signs in. */
export const signIn: OpenHandler = async ({ params, via, options }, services) => {
  refuseDryRun(options);
  const credentials = readCredentials(params);
  const inactive = new Refusal(401, 'User is locked or disabled');
  const words = { user_locked: inactive, user_disabled: inactive, user_initial: inactive };
  const attempt = services.guard.signIn({ ...credentials, lockAfterAttempts }, via);
  const user = await wording(attempt, { ...words, password_wrong: refusals.invalidCredentials() });
  const issued = issueTokens({ user, rights: signInRights(user), signedIn: true }, services, via);
  return { shown: await wording(issued, words) };
};

/**
 * `token/create`: tokens with no more rights than the caller's own, and for nobody but the caller unless an
 * administrator asks, who cannot make them for somebody who administers more.
 */
export const createTokens: Handler = async ({ params, via, options }, services, actor) => {
  refuseDryRun(options);
  const { userId, rights, ...until } = readTokenRequest(params.payload);
  const key = await services.directory.resolve('devicehive', String(userId));
  if (key === undefined || key !== actor.user) {
    if (!isAdministrator(actor)) throw refusals.accessDenied();
  }
  const user = await findUser(userId, actor, services, via);
  authorizeUpdate(actor, user, via);
  if (!covers(rightsOf(actor), rights)) {
    throw new Refusal(403, 'A token cannot allow more than the token that it is made with');
  }
  const signedIn = actor.token?.signedIn ?? false;
  const issued = issueTokens({ user, by: actor, rights, signedIn, latest: endOf(actor), ...until }, services, via);
  const inactive = new Refusal(403, 'User is locked or disabled');
  return { shown: await wording(issued, { user_locked: inactive, user_disabled: inactive }) };
};

/** `token/refresh`: an access token with the refresh token's rights, which stays as it is. The vendor's login, too. */
export const refreshToken: OpenHandler = async ({ params, via, options }, services) => {
  refuseDryRun(options);
  const { refreshToken: given = null } = params;
  if (given === null || given === '') throw new Refusal(400, 'Missing or invalid payload in request');
  const token = textOf(given);
  await checkRefreshJwt(token, services);
  const { user, rights, signedIn } = await services.guard.refresh(token, 'devicehive');
  if (user === undefined) throw refusals.unauthorized();
  const wanted = { user, rights: readRights(rights), signedIn, from: token };
  const accessToken = await issueAccessToken(wanted, services, via);
  await services.directory.as(systemActor, via).run(touchLogin, { user: user.key });
  return { shown: { accessToken } };
};

/** When a directory token ends; what is made with it ends no later. This dialect's own renew themselves. */
function endOf({ token }: Actor): number | undefined {
  const isOfDirectory = token?.rights === null;
  return isOfDirectory && token.expiresAt !== undefined ? epochMsOf(token.expiresAt) : undefined;
}

async function checkRefreshJwt(token: string, { jwts, clock }: Services): Promise<void> {
  const payload = await jwts.read(token);
  if (payload === undefined) throw refusals.unauthorized();
  if (payload.t !== 0) throw new Refusal(401, 'Invalid token type');
  if (payload.e <= epochMsOf(clock.now())) throw new Refusal(401, 'Token has expired');
}

/** A dry run can neither check a password nor make a token that holds. */
function refuseDryRun({ dryRun }: RunOptions): void {
  if (dryRun) throw new Refusal(400, 'Muster-Dry-Run is not for tokens');
}

/** What a sign-in allows: everything to administrators, and to others what a client may do. */
function signInRights(user: User): Rights {
  if (roleOf(user) === administratorRole) return allRights;
  return { a: clientActions, n: [], dt: allDeviceTypesOf(user) ? ['*'] : [] };
}
