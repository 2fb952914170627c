import { type TestContext, test } from 'node:test';
import { atMost, between, broken, type Expected, fault, openTarget } from './hostile-target.ts';

/** A member of a body: how to put a value there, what its type is, and the way of its rules in Go. */
interface Member {
  readonly path: string;
  readonly type: 'text' | 'flag' | 'message' | 'gender';
  readonly at: (value: unknown) => object;
  /** As a broken rule names it; `ofNull` when null, which is as absent, breaks one. */
  readonly way?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly ofNull?: Expected;
}

const names = { givenName: 'Half', familyName: 'Done' };
const strong = 'Secr3tP4ssw0rd!';

/** The members of profile, email and phone, as a request of this name holds them. */
function membersOf(request: string, around: object): Member[] {
  const profile = (name: string) => (value: unknown) => ({ ...around, profile: { ...names, [name]: value } });
  const email = (more: (value: unknown) => object) => (value: unknown) => ({
    ...around,
    email: { email: 'half@done.com', ...more(value) },
  });
  const phone = (name: string) => (value: unknown) => ({ ...around, phone: { phone: '+41791234568', [name]: value } });
  const inProfile = (name: string) => [`${request}.Profile`, `SetHumanProfile.${name}`];
  const inEmail = [`${request}.Email`, 'SetHumanEmail.Email'];
  const sendCode = [`${request}.Email`, 'SetHumanEmail.SendCode', 'SendEmailVerificationCode.UrlTemplate'];
  const needed = (...way: string[]) => broken(between(1, 200), ...way);
  return [
    { path: 'profile', type: 'message', at: (value) => ({ ...around, profile: value }) },
    ...['givenName', 'familyName'].map((name): Member => {
      const way = inProfile(name === 'givenName' ? 'GivenName' : 'FamilyName');
      return { path: `profile.${name}`, type: 'text', at: profile(name), way, least: 1, ofNull: needed(...way) };
    }),
    { path: 'profile.nickName', type: 'text', at: profile('nickName'), way: inProfile('NickName') },
    { path: 'profile.displayName', type: 'text', at: profile('displayName'), way: inProfile('DisplayName') },
    {
      path: 'profile.preferredLanguage',
      type: 'text',
      at: profile('preferredLanguage'),
      way: inProfile('PreferredLanguage'),
      most: 10,
    },
    { path: 'profile.gender', type: 'gender', at: profile('gender') },
    { path: 'email', type: 'message', at: (value) => ({ ...around, email: value }) },
    {
      path: 'email.email',
      type: 'text',
      at: email((value) => ({ email: value })),
      way: inEmail,
      least: 1,
      ofNull: needed(...inEmail),
    },
    { path: 'email.sendCode', type: 'message', at: email((value) => ({ sendCode: value })) },
    {
      path: 'email.sendCode.urlTemplate',
      type: 'text',
      at: email((value) => ({ sendCode: { urlTemplate: value } })),
      way: sendCode,
      least: 1,
    },
    { path: 'email.returnCode', type: 'message', at: email((value) => ({ returnCode: value })) },
    { path: 'email.isVerified', type: 'flag', at: email((value) => ({ isVerified: value })) },
    { path: 'phone', type: 'message', at: (value) => ({ ...around, phone: value }) },
    {
      path: 'phone.phone',
      type: 'text',
      at: phone('phone'),
      way: [`${request}.Phone`, 'SetHumanPhone.Phone'],
      least: 0,
    },
    { path: 'phone.sendCode', type: 'message', at: phone('sendCode') },
    { path: 'phone.returnCode', type: 'message', at: phone('returnCode') },
    { path: 'phone.isVerified', type: 'flag', at: phone('isVerified') },
  ];
}

const ofPassword = 'UpdateHumanUserRequest.Password';
const password = (value: unknown) => ({ username: 'half-done', password: value });

const updateMembers: readonly Member[] = [
  {
    path: 'username',
    type: 'text',
    at: (value) => ({ ...profileOf(), username: value }),
    way: ['UpdateHumanUserRequest.Username'],
    least: 1,
  },
  ...membersOf('UpdateHumanUserRequest', { username: 'half-done' }),
  { path: 'password', type: 'message', at: password },
  {
    path: 'password.password',
    type: 'message',
    at: (value) => password({ password: value }),
    ofNull: 'COMMAND-3klek4sbns',
  },
  {
    path: 'password.password.password',
    type: 'text',
    at: (value) => password({ password: { password: value } }),
    way: [ofPassword, 'SetPassword.Password', 'Password.Password'],
    least: 1,
    ofNull: broken(between(1, 200), ofPassword, 'SetPassword.Password', 'Password.Password'),
  },
  {
    path: 'password.password.changeRequired',
    type: 'flag',
    at: (value) => password({ password: { password: strong, changeRequired: value } }),
  },
  {
    path: 'password.hashedPassword',
    type: 'message',
    at: (value) => password({ hashedPassword: value }),
    ofNull: 'COMMAND-3klek4sbns',
  },
  {
    path: 'password.hashedPassword.hash',
    type: 'text',
    at: (value) => password({ hashedPassword: { hash: value } }),
    way: [ofPassword, 'SetPassword.HashedPassword', 'HashedPassword.Hash'],
    least: 1,
    ofNull: broken(between(1, 200), ofPassword, 'SetPassword.HashedPassword', 'HashedPassword.Hash'),
  },
  {
    path: 'password.currentPassword',
    type: 'text',
    at: (value) => password({ password: { password: strong }, currentPassword: value }),
    way: [ofPassword, 'SetPassword.CurrentPassword'],
    least: 1,
  },
  {
    path: 'password.verificationCode',
    type: 'text',
    at: (value) => password({ password: { password: strong }, verificationCode: value }),
    way: [ofPassword, 'SetPassword.VerificationCode'],
    least: 1,
    most: 20,
  },
];

function profileOf(): object {
  return { profile: names };
}

const person = { username: 'half-done', profile: names, email: { email: 'half@done.com' } };
const creation = 'AddHumanUserRequest';

const creationMembers: readonly Member[] = [
  {
    path: 'userId',
    type: 'text',
    at: (value) => ({ ...person, userId: value }),
    way: [`${creation}.UserId`],
    least: 1,
  },
  {
    path: 'username',
    type: 'text',
    at: (value) => ({ ...person, username: value }),
    way: [`${creation}.Username`],
    least: 1,
  },
  ...membersOf(creation, person),
  { path: 'organization', type: 'message', at: (value) => ({ ...person, organization: value }) },
  { path: 'organization.orgId', type: 'text', at: (value) => ({ ...person, organization: { orgId: value } }) },
  { path: 'organization.orgDomain', type: 'text', at: (value) => ({ ...person, organization: { orgDomain: value } }) },
  { path: 'password', type: 'message', at: (value) => ({ ...person, password: value }) },
  {
    path: 'password.password',
    type: 'text',
    at: (value) => ({ ...person, password: { password: value } }),
    way: [`${creation}.Password`, 'Password.Password'],
    least: 1,
    ofNull: broken(between(1, 200), `${creation}.Password`, 'Password.Password'),
  },
  { path: 'hashedPassword', type: 'message', at: (value) => ({ ...person, hashedPassword: value }) },
  {
    path: 'totpSecret',
    type: 'text',
    at: (value) => ({ ...person, totpSecret: value }),
    way: [`${creation}.TotpSecret`],
    least: 1,
  },
];

const wrong: Readonly<Record<Member['type'], readonly [text: string, values: readonly unknown[]]>> = {
  text: ['must be a string', [1, true, {}, { x: 'x' }, [], ['x'], '\uD800', 'x\uDC00']],
  flag: ['must be true or false', [0, 1, 'true', '', {}, []]],
  message: ['must be a JSON object', [1, true, '', 'x', [], [{}]]],
  gender: [
    'must be one of GENDER_UNSPECIFIED, GENDER_FEMALE, GENDER_MALE, GENDER_DIVERSE',
    [1.5, true, '', '1', 'GENDER_OTHER', 'gender_female', '__proto__', {}, []],
  ],
};

const controls = 'must not contain control characters, lone surrogates or bidi controls.';

for (const [operation, members] of [
  ['an update', updateMembers],
  ['a creation', creationMembers],
] as const) {
  const refuse = async (context: TestContext, cases: readonly (readonly [object, Expected])[]): Promise<void> => {
    const target = await openTarget(context);
    const [method, path] =
      members === updateMembers ? ['PUT', `/v2/users/human/${target.id}`] : ['POST', '/v2/users/human'];
    await target.assertAllRefused(cases.map(([body, expected]) => [method, path, body, expected]));
  };

  test(`${operation} with a value of a wrong type for every member`, (t) =>
    refuse(
      t,
      members.flatMap(({ path, type, at }) => {
        const [text, values] = wrong[type];
        return values.map((value) => [at(value), fault(`${path} ${text}.`)] as const);
      }),
    ));

  test(`${operation} with null for every member that must be there`, (t) =>
    refuse(
      t,
      members.flatMap(({ at, ofNull }) => (ofNull === undefined ? [] : [[at(null), ofNull] as const])),
    ));

  test(`${operation} with a text that is too long, or empty, for every member that has bounds`, (t) =>
    refuse(
      t,
      members.flatMap(({ at, way, least, most = 200 }) => {
        if (way === undefined) return [];
        const rule = broken(least === undefined ? atMost(most) : between(least, most), ...way);
        const texts = ['x'.repeat(most + 1), '🐭'.repeat(most + 1), ...(least === 1 ? [''] : [])];
        return texts.map((text) => [at(text), rule] as const);
      }),
    ));

  test(`${operation} with names with NUL, line breaks, escapes and bidi controls`, (t) =>
    refuse(
      t,
      members
        .filter(({ path }) => /^(?:username|profile\.\w+Name)$/.test(path))
        .flatMap(({ path, at }) =>
          ['a\u0000b', 'a\nb', '\u001B[31m', '\u202Eevil', 'a\u2066b', 'a\u200Fb'].map(
            (name) => [at(name), fault(`${path} ${controls}`)] as const,
          ),
        ),
    ));

  test(`${operation} with names that nobody sees, addresses, numbers, languages and links that are none`, (t) => {
    const member = (path: string) => members.find((each) => each.path === path) as Member;
    const each = (path: string, expected: Expected, ...values: readonly string[]) =>
      values.map((value) => [member(path).at(value), expected] as const);
    const way = member('email.email').way as string[];
    return refuse(t, [
      ...each(
        'username',
        fault('username must not contain control, invisible or direction-changing characters.'),
        'min\u200Bnie',
        '\u2800',
        'a\u00ADb',
      ),
      ...each(
        'email.email',
        broken('value must be a valid email address', ...way),
        'mouse',
        '@mouse.com',
        'mini@',
        'a b@c.de',
        'a@b@c',
        'a@b..c',
      ),
      ...each('email.email', 'EMAIL-599BI', 'a\u0000@b.c', 'a\u202E@b.c'),
      ...each('email.email', 'EMAIL-599GV', 'Mini <mini@mouse.com>', '<mini@mouse.com>'),
      ...each('phone.phone', 'PHONE-so0wa', '1', 'x', '+999', '0791234567x', '+1 555', '+41791234567\u0000'),
      ...each('phone.phone', 'PHONE-Zt0NV', ' ', '\t'),
      ...each(
        'profile.preferredLanguage',
        fault('profile.preferredLanguage must be a BCP 47 language tag, such as en or de-CH.'),
        'e',
        '12',
        'not a tag',
        'en_US',
        'en\u0000',
      ),
      ...each('email.sendCode.urlTemplate', 'DOMAIN-oGh5e', '{{', '{{if}}', '{{.Code', '{{call .Code}}', '{{`x`}}'),
      ...each('email.sendCode.urlTemplate', 'DOMAIN-ieYa7', '{{.Secret}}', '{{.__proto__}}', '{{.constructor}}'),
    ]);
  });
}
