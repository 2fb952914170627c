import { languageIdOf } from '#dialects/twosms/languages.ts';

/**
 * A request that is sent over and over. In its path, its headers and its body `{id}` is a random user's id, `{n}` a
 * number of eight digits that differs at every request, and `{n4}` its last four.
 */
export interface Template {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What one client does over and over to random users: an update that changes something each time, or a read. */
export interface Scenario {
  readonly name: string;
  /** Whose ids the path takes. */
  readonly dialect: string;
  readonly method: Template['method'];
  readonly path: string;
  readonly type: string;
  readonly body: string;
  /** Says all that the dialect knows of a user: the first such update of each changes more than those after it. */
  readonly isWhole?: true;
}

const json = 'application/json';

/** The portal sends the whole user, of which one member has changed since it last did. */
const portalUser = {
  DisplayName: 'Minnie {n}',
  EmailAddress: '{id}@people.example',
  Enabled: true,
  LanguageID: languageIdOf('en'),
  MobilePhone: '+41 79 555 12 34',
  TimeZone: 'Europe/Zurich',
  Username: 'portal-{id}',
};

const xmlOf = (members: Readonly<Record<string, unknown>>): string =>
  `<User>${Object.entries(members)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</User>`;

/** The update that the goals speak of. */
export const zitadel: Scenario = {
  name: 'zitadel',
  dialect: 'zitadel',
  method: 'PUT',
  path: '/v2/users/human/{id}',
  type: json,
  body: JSON.stringify({
    profile: {
      givenName: 'Minnie {n}',
      familyName: 'Mouse',
      nickName: 'Mini',
      displayName: 'Minnie Mouse {n}',
      preferredLanguage: 'en',
      gender: 'GENDER_FEMALE',
    },
  }),
};

/** ZITADEL's GetUserByID. */
export const read: Scenario = {
  name: 'zitadel read',
  dialect: 'zitadel',
  method: 'GET',
  path: '/v2/users/{id}',
  type: json,
  body: '',
};

/** The update that each HTTP wire is mostly used for. What its vendor's sample sends is what it sends here. */
export const scenarios: readonly Scenario[] = [
  zitadel,
  {
    name: 'directory',
    dialect: 'directory',
    method: 'PATCH',
    path: '/directory/v1/users/{id}',
    type: 'application/merge-patch+json',
    body: JSON.stringify({ profile: { givenName: 'Minnie {n}', displayName: 'Minnie Mouse {n}' } }),
  },
  {
    name: 'accela',
    dialect: 'accela',
    method: 'PUT',
    path: '/v4/citizenaccess/citizens/{id}',
    type: json,
    body: JSON.stringify({ mobilePhoneCountryCode: '1', cellPhone: '925-551-{n4}', receiveSMS: 'Y' }),
  },
  {
    name: '2sms json',
    dialect: 'twosms',
    method: 'PUT',
    path: '/api/v1/admin/users/{id}',
    type: json,
    body: JSON.stringify(portalUser),
    isWhole: true,
  },
  {
    name: '2sms xml',
    dialect: 'twosms',
    method: 'PUT',
    path: '/api/v1/admin/users/{id}',
    type: 'application/xml',
    body: xmlOf(portalUser),
    isWhole: true,
  },
];

export function templateOf({ method, path, type, body }: Scenario, token: string): Template {
  return { method, path, headers: { 'content-type': type, authorization: `Bearer ${token}` }, body };
}

/** The template as one request: of this id, and the n-th. */
export function filled({ method, path, headers, body }: Template, id: string, n: number): Template {
  const digits = String(n % 1e8).padStart(8, '0');
  const fill = (text: string) =>
    text.replaceAll('{id}', id).replaceAll('{n}', digits).replaceAll('{n4}', digits.slice(4));
  const fields = Object.entries(headers).map(([name, value]) => [name, fill(value)]);
  return { method, path: fill(path), headers: Object.fromEntries(fields), body: fill(body) };
}
