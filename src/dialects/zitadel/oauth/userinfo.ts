import type { FastifyRequest } from 'fastify';
import { DirectoryError } from '#core/errors.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { authenticate } from '#dialects/zitadel/auth.ts';
import { scopesOf } from '#dialects/zitadel/token-rights.ts';
import { claimsOf } from './claims.ts';

/** The caller's own claims (OpenID Connect Core 1.0, 5.3). A token that was granted needs the scope `openid`. */
export async function userinfo(request: FastifyRequest, { guard, directory }: DialectHost): Promise<object> {
  const actor = await authenticate(guard, request.headers.authorization);
  const scopes = actor.token && scopesOf(actor.token.rights);
  if (actor.user === undefined || (scopes && !scopes.includes('openid'))) {
    const message = 'The token needs the scope openid for this.';
    throw new DirectoryError('permission_denied', message, { reason: 'not_permitted' });
  }
  const via = { dialect: 'zitadel', request: request.id, address: request.ip };
  const user = await directory.as(actor, via).get(actor.user);
  return claimsOf(user, await directory.realm(user.realm), scopes);
}
