import { epochMsOf } from '#core/instant.ts';
import type { Realm } from '#core/realm.ts';
import { loginNameIn, type User } from '#core/user.ts';
import { userIdOf } from '#dialects/zitadel/encode.ts';

type Claims = Readonly<Record<string, string | number | boolean | undefined>>;

const resourceOwner = 'urn:zitadel:iam:user:resourceowner';

const claimsOfScope: Readonly<Record<string, (user: User, realm: Realm) => Claims>> = {
  profile: ({ fields, changedAt, ...user }) => ({
    name: fields['profile.displayName'] ?? fields.username,
    given_name: fields['profile.givenName'],
    family_name: fields['profile.familyName'],
    nickname: fields['profile.nickName'],
    gender: fields['profile.gender'],
    locale: fields['profile.language'],
    preferred_username: loginNameIn('zitadel', { ...user, fields }),
    updated_at: Math.floor(epochMsOf(changedAt) / 1000),
  }),
  email: ({ fields }) => verifiable('email', fields['email.address'], fields['email.verifiedAt']),
  phone: ({ fields }) => verifiable('phone_number', fields['phone.number'], fields['phone.verifiedAt']),
  [resourceOwner]: (_user, { ids, fields }) => ({
    [`${resourceOwner}:id`]: ids['zitadel'],
    [`${resourceOwner}:name`]: fields.name,
  }),
};

/** What is told of a user: what these scopes open, everything without any limit. What it does not have is left out. */
export function claimsOf(user: User, realm: Realm, scopes: readonly string[] | undefined): object {
  const opened = Object.entries(claimsOfScope).filter(([scope]) => scopes === undefined || scopes.includes(scope));
  const claims = opened.flatMap(([, claim]) => Object.entries(claim(user, realm)));
  return { sub: userIdOf(user), ...Object.fromEntries(claims.filter(([, value]) => value !== undefined)) };
}

function verifiable(name: string, value: string | undefined, verifiedAt: string | undefined): Claims {
  return value === undefined ? {} : { [name]: value, [`${name}_verified`]: verifiedAt !== undefined };
}
