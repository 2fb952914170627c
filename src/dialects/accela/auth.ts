import type { IncomingHttpHeaders } from 'node:http';
import type { Guard } from '#auth/guard.ts';
import type { Actor } from '#core/actor.ts';
import type { Directory } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import { allows, grantOf, scopesFor } from './oauth/grant.ts';
import type { Operation } from './operation.ts';

type Request = { readonly method: string; readonly headers: IncomingHttpHeaders };

/**
 * The caller behind a request. Clients send the token bare; `Bearer` before it is fine too. Rejects with
 * `unauthenticated`, with `invalid_argument` / `token_missing` when nothing says who is calling, and with
 * `permission_denied` when the token has no scope for the operation.
 */
export async function authenticate(
  request: Request,
  operation: Operation,
  { guard, directory }: { readonly guard: Guard; readonly directory: Directory },
): Promise<Actor> {
  const token = request.headers.authorization?.replace(/^bearer(\s+|$)/i, '').trim();
  if (!token) throw noToken(request.headers);
  const actor = await guard.authenticate(token, 'accela');
  const grant = grantOf(actor);
  const agency = grant?.agency ?? (await directory.realm(actor.realm)).ids['accela'];
  const named = agenciesOf(request);
  if (named && !named.some((name) => name === 'all' || name === agency?.toLowerCase())) throw otherPlace('agency');
  const environment = request.headers['x-accela-environment'];
  if (grant && environment && String(environment).toLowerCase() !== grant.environment.toLowerCase()) {
    throw otherPlace('environment');
  }
  if (grant && !allows(grant, operation)) throw notInScope(operation);
  return actor;
}

/** The agencies that the request names, if it names any; for reading there may be several, or `all`. */
function agenciesOf({ method, headers }: Request): readonly string[] | undefined {
  const several = method === 'GET' || method === 'HEAD' ? headers['x-accela-agencies'] : undefined;
  if (several)
    return String(several)
      .toLowerCase()
      .split(/\s*,\s*/);
  const one = headers['x-accela-agency'];
  // `all` is no agency's name where only one may be named.
  return one ? [String(one).toLowerCase()].filter((name) => name !== 'all') : undefined;
}

function otherPlace(what: 'agency' | 'environment'): DirectoryError {
  return new DirectoryError('unauthenticated', `The token is of another ${what} than the request.`, {
    reason: 'token_invalid',
  });
}

function notInScope(operation: Operation): DirectoryError {
  return new DirectoryError('permission_denied', `The token needs the scope ${scopesFor(operation)} for this.`, {
    reason: 'not_permitted',
  });
}

function noToken(headers: IncomingHttpHeaders): DirectoryError {
  if (headers['x-accela-appid']) {
    return new DirectoryError('unauthenticated', 'Token is required but not passed in the request.', {
      reason: 'token_missing',
    });
  }
  return new DirectoryError('invalid_argument', 'An app ID or an access token is required.', {
    reason: 'token_missing',
  });
}
