import type { Actor } from '#core/actor.ts';
import { systemActor } from '#core/actor.ts';
import { DirectoryError } from '#core/errors.ts';
import { epochMsOf } from '#core/instant.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { scopesOf } from '#dialects/zitadel/token-rights.ts';
import { invalidRequest } from '#transport/oauth.ts';
import { claimsOf } from './claims.ts';
import { provenClient } from './client.ts';
import type { OAuthRequest } from './request.ts';

type Host = Pick<DialectHost, 'guard' | 'clock' | 'directory'>;

/**
 * What a token stands for (RFC 7662), for a machine of the same realm, or one that owns the directory: for any other it
 * is as if there were no such token. Rejects with an OAuthRefusal or a DirectoryError.
 */
export async function introspect(request: OAuthRequest, host: Host): Promise<object> {
  const { user: caller } = await provenClient(request, host);
  const token = request.parameters.get('token');
  if (token === undefined) throw invalidRequest('token is missing.');
  const actor = await holderOf(token, host);
  const isSeen = actor !== undefined && (actor.realm === caller.realm || caller.fields.owner === true);
  return isSeen ? await describe(actor, request, host) : { active: false };
}

async function holderOf(token: string, { guard }: Host): Promise<Actor | undefined> {
  try {
    return await guard.authenticate(token, 'zitadel');
  } catch (error) {
    if (error instanceof DirectoryError && error.code === 'unauthenticated') return undefined;
    throw error;
  }
}

async function describe({ user: key, username, token }: Actor, { issuer, via }: OAuthRequest, { directory }: Host) {
  if (key === undefined || token === undefined) return { active: false };
  const user = await directory.as(systemActor, via).get(key);
  const scopes = scopesOf(token.rights);
  const { expiresAt } = token;
  return {
    active: true,
    ...(scopes === undefined ? {} : { scope: scopes.join(' '), client_id: username }),
    token_type: 'Bearer',
    ...(expiresAt === undefined ? {} : { exp: Math.floor(epochMsOf(expiresAt) / 1000) }),
    iss: issuer,
    username,
    ...claimsOf(user, await directory.realm(user.realm), scopes),
  };
}
