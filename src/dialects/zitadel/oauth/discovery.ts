import { paths } from './paths.ts';
import { grantTypes } from './token.ts';

/**
 * What a client that starts from the issuer alone is told (OpenID Connect Discovery 1.0, RFC 8414). People sign in
 * nowhere here, so there is no authorization endpoint, and nothing in place of what depends on one.
 */
export function discoveryOf(issuer: string): object {
  const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  return {
    issuer,
    token_endpoint: issuer + paths.token,
    introspection_endpoint: issuer + paths.introspect,
    userinfo_endpoint: issuer + paths.userinfo,
    jwks_uri: issuer + paths.keys,
    scopes_supported: ['openid', 'profile', 'email', 'phone'],
    response_types_supported: [],
    grant_types_supported: grantTypes,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [],
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: ['RS256'],
  };
}

/** Tokens are opaque, and nothing else is signed: no key stands for anything. */
export const keySet = { keys: [] } as const;
