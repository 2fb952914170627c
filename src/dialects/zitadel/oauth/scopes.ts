import { OAuthRefusal, parseScopes } from '#transport/oauth.ts';

const plain = ['openid', 'profile', 'email', 'phone'];
/** The vendor's own, such as `urn:zitadel:iam:org:project:id:zitadel:aud`, by which its clients ask for its API. */
const vendorPrefix = 'urn:zitadel:iam:';
const maxLength = 2000;

/** The scopes of those asked for that stand for anything here (RFC 6749, 3.3). Throws an OAuthRefusal `invalid_scope`. */
export function grantedScopes(asked: string | undefined): readonly string[] {
  if (asked === undefined) return [];
  const scopes = asked.length > maxLength ? undefined : parseScopes(asked);
  if (scopes === undefined) {
    throw new OAuthRefusal('invalid_scope', `scope must be scopes in visible ASCII, ${maxLength} characters at most.`);
  }
  return [...new Set(scopes)].filter((scope) => plain.includes(scope) || scope.startsWith(vendorPrefix));
}
