import type { ProvenMachine } from '#auth/guard.ts';
import { clientCredentials, OAuthRefusal } from '#transport/oauth.ts';
import { type AssertionPorts, proveByAssertion } from './assertion.ts';
import type { OAuthRequest } from './request.ts';

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * The machine that is the client of a request: by its username and secret, in a Basic header or in the form, or by a JWT
 * that it has signed (RFC 7523, 2.2). Rejects with `unauthenticated` / `client_invalid`, or an OAuthRefusal.
 */
export async function provenClient(request: OAuthRequest, ports: AssertionPorts): Promise<ProvenMachine> {
  const { parameters, basic, audience, via } = request;
  const assertion = parameters.get('client_assertion');
  if (assertion !== undefined && parameters.get('client_assertion_type') === jwtBearer) {
    return await proveByAssertion(assertion, audience, ports, via);
  }
  const client = clientCredentials(parameters, basic);
  if (client) return await ports.guard.signInMachine({ dialect: 'zitadel', ...client }, via);
  const description =
    'The client is missing: send its id and secret in a Basic header or in the form, or an assertion.';
  throw new OAuthRefusal('invalid_client', description, 401);
}
