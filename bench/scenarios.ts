import { languageIdOf } from '#dialects/twosms/languages.ts';

/** What one client does over and over: an update of a random user that changes something each time. */
export interface Scenario {
  readonly name: string;
  readonly dialect: string;
  readonly method: 'PUT' | 'PATCH' | 'POST';
  /** `{id}` is a random user's id of that dialect, in the body too; `{n}` a number that differs at every request, `{n4}` its last four digits. */
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

const json = 'application/json';

/** The portal sends the whole user, of which one member has changed. */
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

/** The update that each HTTP wire is mostly used for. What its vendor's sample sends is what it sends here. */
export const scenarios: readonly Scenario[] = [
  {
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
  },
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
  },
  {
    name: '2sms xml',
    dialect: 'twosms',
    method: 'PUT',
    path: '/api/v1/admin/users/{id}',
    type: 'application/xml',
    body: xmlOf(portalUser),
  },
];
