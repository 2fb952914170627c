import type { NewToken } from '#auth/guard.ts';
import type { Via } from '#core/actor.ts';
import type { Client } from '#core/client.ts';
import { DirectoryError } from '#core/errors.ts';
import { later } from '#core/instant.ts';
import { newToken } from '#core/token.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { invalidRequest, OAuthRefusal } from '#transport/oauth.ts';
import type { TokenRequest } from './request.ts';

/** The vendor's own, by its "SMS plus" page. */
export const accessLifeMs = 8 * 3_600_000;
/** The vendor names none. */
export const refreshLifeMs = 30 * 24 * 3_600_000;

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

type Host = Pick<DialectHost, 'guard' | 'clock' | 'random'>;
type Grant = (client: Client, request: TokenRequest, host: Host, via: Via) => Promise<Tokens>;

const grants = new Map<string, Grant>([
  ['client_credentials', grantToClient],
  ['refresh_token', grantAgain],
]);

/** Gives a client tokens for itself. Rejects with an OAuthRefusal or a DirectoryError. */
export async function grantTokens(request: TokenRequest, host: Host, via: Via): Promise<Tokens> {
  const client = await provenClient(request, host, via);
  if (request.grant === undefined) throw invalidRequest('grant_type is missing.');
  const grant = grants.get(request.grant);
  if (grant) return await grant(client, request, host, via);
  throw new OAuthRefusal('unsupported_grant_type', `grant_type must be ${[...grants.keys()].join(' or ')}.`);
}

async function provenClient({ client }: TokenRequest, { guard }: Host, via: Via): Promise<Client> {
  if (client) return await guard.signInClient({ dialect: 'twosms', ...client }, via);
  const description = 'client_id and client_secret are missing: send them in the form or in a Basic header.';
  throw new OAuthRefusal('invalid_client', description);
}

async function grantToClient(client: Client, _request: TokenRequest, host: Host, via: Via): Promise<Tokens> {
  try {
    return await issue(client, undefined, host, via);
  } catch (error) {
    // It has been revoked while its secret was being checked.
    const isGone = error instanceof DirectoryError && error.code === 'unauthenticated';
    throw isGone ? new OAuthRefusal('invalid_client', 'The client or its secret is wrong.') : error;
  }
}

/** The refresh token is used up with it: a second use, at the same time too, is refused. */
async function grantAgain(client: Client, { refreshToken }: TokenRequest, host: Host, via: Via): Promise<Tokens> {
  if (refreshToken === undefined) throw invalidRequest('refresh_token is missing.');
  const held = await host.guard.refresh(refreshToken, 'twosms');
  if (held.user !== undefined || held.client?.id !== client.id) {
    throw new OAuthRefusal('invalid_grant', "The refresh token is not this client's.");
  }
  return await issue(client, refreshToken, host, via);
}

async function issue(client: Client, replaces: string | undefined, host: Host, via: Via): Promise<Tokens> {
  const { guard, clock, random } = host;
  const now = clock.now();
  const shared = { dialect: 'twosms', rights: null, signedIn: false } as const;
  const access = { ...shared, token: newToken(random), use: 'access', expiresAt: later(now, accessLifeMs) } as const;
  const refresh = { ...shared, token: newToken(random), use: 'refresh', expiresAt: later(now, refreshLifeMs) } as const;
  const tokens: readonly NewToken[] = [access, refresh];
  await guard.issue({ client, ...(replaces === undefined ? {} : { replaces }) }, tokens, via);
  return { access: access.token, refresh: refresh.token };
}
