import type { ProvenMachine } from '#auth/guard.ts';
import { DirectoryError } from '#core/errors.ts';
import { later } from '#core/instant.ts';
import { newToken } from '#core/token.ts';
import type { DialectHost } from '#dialects/dialect.ts';
import { grantedRights } from '#dialects/zitadel/token-rights.ts';
import { invalidRequest, OAuthRefusal } from '#transport/oauth.ts';
import { proveByAssertion } from './assertion.ts';
import { provenClient } from './client.ts';
import type { OAuthRequest } from './request.ts';
import { grantedScopes } from './scopes.ts';

/** The vendor's own default. */
const lifeSeconds = 12 * 3600;

type Host = Pick<DialectHost, 'guard' | 'clock' | 'random'>;
type Grant = (request: OAuthRequest, host: Host) => Promise<ProvenMachine>;

const grants = new Map<string, Grant>([
  ['client_credentials', provenClient],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', proveByGrant],
]);

export const grantTypes: readonly string[] = [...grants.keys()];

/** Gives a machine an access token. Rejects with an OAuthRefusal or a DirectoryError. */
export async function grantToken(request: OAuthRequest, host: Host): Promise<object> {
  const { parameters, via } = request;
  const type = parameters.get('grant_type');
  if (type === undefined) throw invalidRequest('grant_type is missing.');
  const prove = grants.get(type);
  if (prove === undefined) {
    throw new OAuthRefusal('unsupported_grant_type', `grant_type must be ${grantTypes.join(' or ')}.`);
  }
  const scopes = grantedScopes(parameters.get('scope'));
  const { user, proof } = await prove(request, host);
  const token = newToken(host.random);
  const expiresAt = later(host.clock.now(), lifeSeconds * 1000);
  const access = { token, use: 'access', dialect: 'zitadel', rights: grantedRights(scopes), expiresAt } as const;
  await host.guard.issue({ user, proof }, [{ ...access, signedIn: true }], via);
  const scope = scopes.length === 0 ? {} : { scope: scopes.join(' ') };
  return { access_token: token, token_type: 'Bearer', expires_in: lifeSeconds, ...scope };
}

/** A JWT in the place of a client: whatever is wrong with it is wrong with the grant. */
async function proveByGrant({ parameters, audience, via }: OAuthRequest, host: Host): Promise<ProvenMachine> {
  const assertion = parameters.get('assertion');
  if (assertion === undefined) throw invalidRequest('assertion is missing.');
  try {
    return await proveByAssertion(assertion, audience, host, via);
  } catch (error) {
    if (!(error instanceof DirectoryError) || error.reason !== 'client_invalid') throw error;
    throw new OAuthRefusal('invalid_grant', 'The assertion is not signed with a key that this user has.');
  }
}
