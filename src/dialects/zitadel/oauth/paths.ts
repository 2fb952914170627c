/** Where the vendor's authorization server answers. */
export const paths = {
  discovery: '/.well-known/openid-configuration',
  introspect: '/oauth/v2/introspect',
  keys: '/oauth/v2/keys',
  token: '/oauth/v2/token',
  userinfo: '/oidc/v1/userinfo',
} as const;
