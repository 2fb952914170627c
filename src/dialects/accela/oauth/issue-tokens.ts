import type { NewToken, TokenHolder } from '#auth/guard.ts';
import type { Via } from '#core/actor.ts';
import type { Client } from '#core/client.ts';
import { actorOf } from '#core/current-actor.ts';
import { DirectoryError } from '#core/errors.ts';
import { epochMsOf, instantOf } from '#core/instant.ts';
import { administersVia } from '#core/policies/authorize.ts';
import { newToken } from '#core/token.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { invalidRequest, OAuthRefusal } from '#transport/oauth.ts';
import { type Grant, grantDoc, readGrant } from './grant.ts';
import type { PasswordRequest, RefreshRequest, TokenRequest } from './read-request.ts';

/** Lives since May 2024, by the vendor's pages. */
const accessLifeSeconds = 15 * 60;
const refreshLifeSeconds = 8 * 3_600;

export type Services = Pick<DialectHost, 'clock' | 'directory' | 'guard' | 'random'>;

/** The vendor's answer to a token request. */
export type TokenAnswer = {
  readonly access_token: string;
  readonly token_type: 'bearer';
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope: string;
};

/** Whom tokens are for, and what they are good for. */
interface Granted {
  readonly holder: TokenHolder;
  readonly grant: Grant;
  /** What the access token is narrowed to; the refresh token keeps all of the grant (RFC 6749, 6). */
  readonly scopes: readonly string[];
  readonly signedIn: boolean;
}

/** Signs the app in, then its user or its refresh token, and issues two tokens. Rejects with an OAuthRefusal. */
export async function issueTokens(request: TokenRequest, services: Services, via: Via): Promise<TokenAnswer> {
  const { clientId: id, clientSecret: secret } = request;
  const client = await services.guard.signInClient({ dialect: 'accela', id, secret }, via);
  const agency = (await services.directory.realm(client.realm)).ids['accela'] ?? '';
  if (request.agency !== undefined && request.agency.toLowerCase() !== agency.toLowerCase()) {
    throw invalidRequest('agency_name must be the agency that this client is of.');
  }
  const refused = request.grantType === 'password' ? wrongUser() : wrongRefreshToken();
  return saying(refused, async () => {
    const granted =
      request.grantType === 'password'
        ? await grantByPassword(request, client, agency, services, via)
        : await grantByRefresh(request, client, services);
    return issue(granted, services, via);
  });
}

async function grantByPassword(
  { username, password, environment, scopes, agency: named }: PasswordRequest,
  client: Client,
  agency: string,
  { guard }: Services,
  via: Via,
): Promise<Granted> {
  // The vendor names no number of wrong passwords, so none locks unless the realm has a rule.
  const attempt = { name: username, password, lockAfterAttempts: 0, realm: client.realm };
  const user = await guard.signIn(attempt, via);
  if (named === undefined && administersVia(actorOf(user), 'accela')) {
    throw invalidRequest('agency_name is required of users of an agency.');
  }
  const grant = { app: client.id, agency, environment, scopes };
  return { holder: { user, client }, grant, scopes, signedIn: true };
}

async function grantByRefresh(
  { refreshToken, scopes, environment }: RefreshRequest,
  client: Client,
  { guard }: Services,
): Promise<Granted> {
  const { user, client: holder, rights, signedIn } = await guard.refresh(refreshToken, 'accela');
  // A token of the directory refreshes nothing here: it belongs to no client.
  if (user === undefined || holder?.id !== client.id) throw wrongRefreshToken();
  const grant = readGrant(rights);
  if (environment !== undefined && environment.toLowerCase() !== grant.environment.toLowerCase()) {
    throw new OAuthRefusal('invalid_grant', 'The refresh token is of another environment.');
  }
  const more = scopes?.find((scope) => !grant.scopes.includes(scope));
  if (more !== undefined) throw new OAuthRefusal('invalid_scope', `The refresh token does not have the scope ${more}.`);
  return { holder: { user, client, replaces: refreshToken }, grant, scopes: scopes ?? grant.scopes, signedIn };
}

async function issue(granted: Granted, { guard, clock, random }: Services, via: Via): Promise<TokenAnswer> {
  const { holder, grant, scopes, signedIn } = granted;
  const now = epochMsOf(clock.now());
  const make = (use: NewToken['use'], lifeSeconds: number, rights: Grant): NewToken => ({
    token: newToken(random),
    use,
    dialect: 'accela',
    rights: grantDoc(rights),
    signedIn,
    expiresAt: instantOf(now + lifeSeconds * 1000),
  });
  const access = make('access', accessLifeSeconds, { ...grant, scopes });
  const refresh = make('refresh', refreshLifeSeconds, grant);
  await guard.issue(holder, [access, refresh], via);
  return {
    access_token: access.token,
    token_type: 'bearer',
    expires_in: accessLifeSeconds,
    refresh_token: refresh.token,
    scope: scopes.join(' '),
  };
}

/** One answer for whatever is wrong with a user or a token: which of them it is, is nobody's business. */
async function saying<Result>(refused: OAuthRefusal, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DirectoryError && error.code === 'unauthenticated' ? refused : error;
  }
}

function wrongUser(): OAuthRefusal {
  return new OAuthRefusal('invalid_userid_or_password', 'Invalid user name or password.');
}

function wrongRefreshToken(): OAuthRefusal {
  return new OAuthRefusal('invalid_grant', 'The refresh token is wrong, expired or used, or of another client.');
}
