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
import { textOf } from './read-frame.ts';
import { allRights, clientActions, covers, type Rights, readRights, rightsOf } from './rights.ts';
import { findUser } from './users.ts';

/** `authenticate`: the token becomes the connection's own. */
export const authenticateSession: OpenHandler = async ({ params, session }, services) => {
  const { token = null } = params;
  if (token === null || token === '') throw refusals.unauthorized();
  await authenticate(session, textOf(token), services);
  return {};
};

/** `token`: signs in. */
export const signIn: OpenHandler = async ({ params, via }, services) => {
  const credentials = readCredentials(params);
  const inactive = new Refusal(401, 'User is locked or disabled');
  const words = { user_locked: inactive, user_disabled: inactive, user_initial: inactive };
  const attempt = services.guard.signIn({ ...credentials, lockAfterAttempts }, via);
  const user = await wording(attempt, { ...words, password_wrong: refusals.invalidCredentials() });
  return wording(issueTokens({ user, rights: signInRights(user), signedIn: true }, services, via), words);
};

/**
 * `token/create`: tokens with no more rights than the caller's own, and for nobody but the caller unless an
 * administrator asks, who cannot make them for somebody who administers more.
 */
export const createTokens: Handler = async ({ params, via }, services, actor) => {
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
  const issued = issueTokens({ user, by: actor, rights, signedIn, ...until }, services, via);
  const inactive = new Refusal(403, 'User is locked or disabled');
  return wording(issued, { user_locked: inactive, user_disabled: inactive });
};

/** `token/refresh`: an access token with the refresh token's rights, which stays as it is. */
export const refreshToken: OpenHandler = async ({ params, via }, services) => {
  const { refreshToken: given = null } = params;
  if (given === null || given === '') throw new Refusal(400, 'Missing or invalid payload in request');
  const token = textOf(given);
  await checkRefreshJwt(token, services);
  const { user, rights, signedIn } = await services.guard.refresh(token, 'devicehive');
  if (user === undefined) throw refusals.unauthorized();
  const wanted = { user, rights: readRights(rights), signedIn };
  return { accessToken: await issueAccessToken(wanted, services, via) };
};

async function checkRefreshJwt(token: string, { jwts, clock }: Services): Promise<void> {
  const payload = await jwts.read(token);
  if (payload === undefined) throw refusals.unauthorized();
  if (payload.t !== 0) throw new Refusal(401, 'Invalid token type');
  if (payload.e <= epochMsOf(clock.now())) throw new Refusal(401, 'Token has expired');
}

/** What a sign-in allows: everything to administrators, and to others what a client may do. */
function signInRights(user: User): Rights {
  if (roleOf(user) === administratorRole) return allRights;
  return { a: clientActions, n: [], dt: allDeviceTypesOf(user) ? ['*'] : [] };
}
