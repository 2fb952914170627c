import type { IncomingHttpHeaders } from 'node:http';
import type { Guard } from '#auth/guard.ts';
import type { Actor } from '#core/actor.ts';
import type { Directory } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';

/**
 * The caller behind a request. Clients send the token bare; `Bearer` before it is fine too. Rejects with
 * `unauthenticated`, and with `invalid_argument` / `token_missing` when nothing says who is calling.
 */
export async function authenticate(
  request: { readonly method: string; readonly headers: IncomingHttpHeaders },
  { guard, directory }: { readonly guard: Guard; readonly directory: Directory },
): Promise<Actor> {
  const token = request.headers.authorization?.replace(/^bearer(\s+|$)/i, '').trim();
  if (!token) throw noToken(request.headers);
  const actor = await guard.authenticate(token, 'accela');
  const agencies = agenciesOf(request);
  if (agencies === undefined) return actor;
  const agency = (await directory.realm(actor.realm)).ids['accela']?.toLowerCase();
  if (agencies.some((name) => name === 'all' || name === agency)) return actor;
  throw new DirectoryError('unauthenticated', 'The token is of another agency than the request.', {
    reason: 'token_invalid',
  });
}

/** The agencies that the request names, if it names any; for reading there may be several, or `all`. */
function agenciesOf({ method, headers }: Parameters<typeof authenticate>[0]): readonly string[] | undefined {
  const several = method === 'GET' || method === 'HEAD' ? headers['x-accela-agencies'] : undefined;
  if (several)
    return String(several)
      .toLowerCase()
      .split(/\s*,\s*/);
  const one = headers['x-accela-agency'];
  // `all` is no agency's name where only one may be named.
  return one ? [String(one).toLowerCase()].filter((name) => name !== 'all') : undefined;
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
