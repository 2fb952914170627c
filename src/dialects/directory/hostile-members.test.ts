import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '#core/json.ts';
import { type Case, openTarget, type Request, type Target } from './hostile-target.ts';

// Every member of a user with what it cannot be, in a new user and in a change.

let target: Target;
before(async () => {
  target = await openTarget();
});
after(() => target.close());

const patch = (body: Json | Buffer): Request => ['PATCH', '/users/{id}', body];

const nested = (levels: number): Json => (levels === 0 ? 1 : { a: nested(levels - 1) });

/** Each member with values of a wrong type, null where it means nothing, and what is out of bounds. */
const wrongMembers: readonly [string, string, ...Json[]][] = [
  [
    'username',
    'field_invalid',
    1,
    true,
    [],
    {},
    'a\u0000b',
    'a\nb',
    '\ud800',
    'a\u202eb',
    'a\u2066b',
    'a\u200bb',
    '\u2800',
  ],
  ['username', 'field_invalid', null],
  ['username', 'field_required', '', '  ', '\ufeff'],
  ['username', 'field_too_long', 'x'.repeat(201)],
  ['kind', 'field_invalid', 1, null, 'robot', []],
  ['state', 'field_invalid', 1, null, 'asleep', 'deleted', []],
  ['ids', 'field_invalid', 1, null, 'x', []],
  ['loginNames', 'field_invalid', 1, 'x', []],
  ['profile', 'field_invalid', 1, 'x', []],
  ['email', 'field_invalid', 1, 'mini@mouse.com', []],
  ['phone', 'field_invalid', 1, '+41791234567', []],
  ['acceptsTextMessages', 'field_invalid', 1, 'true', [], {}],
  ['administers', 'field_invalid', 1, 'directory', {}, ['oracle'], ['constructor'], ['DIRECTORY']],
  ['data', 'field_invalid', 1, 'x', [], true],
  ['data', 'field_too_long', { a: 'x'.repeat(65_536) }],
  ['securityQuestions', 'field_invalid', 1, 'x', {}],
  ['extensions', 'field_invalid', 1, 'x', []],
  ['registeredAt', 'field_invalid', 1, [], {}, 'yesterday', '2026-02-30T00:00:00.000Z', '2026-11-21', ''],
  ['pin', 'field_invalid', 1, [], {}, '123', '1'.repeat(21), '12\u00003', 'ä123'],
  ['nickname', 'field_invalid', 'x'],
  ['constructor', 'field_invalid', 'x', {}],
];

const wrongParts: readonly [string, JsonObject, string][] = [
  ...['givenName', 'familyName', 'nickName', 'displayName'].flatMap((name): [string, JsonObject, string][] => [
    ...[1, true, [], {}, 'a\u0000b', '\udfff', 'a\u202eb', 'a\u2069b'].map((value): [string, JsonObject, string] => [
      `profile.${name}`,
      { profile: { [name]: value } },
      'field_invalid',
    ]),
    [`profile.${name}`, { profile: { [name]: 'x'.repeat(201) } }, 'field_too_long'],
  ]),
  ...['x', 'Female', '', 1].map((gender): [string, JsonObject, string] => [
    'profile.gender',
    { profile: { gender } },
    'field_invalid',
  ]),
  ...['nonsense tag', 'e', 'en_US', 'x'.repeat(36), 1].map((language): [string, JsonObject, string] => [
    'profile.language',
    { profile: { language } },
    'field_invalid',
  ]),
  ...['Mars/Olympus', '+01:00', '../etc/passwd', 'x'.repeat(70), ''].map((timeZone): [string, JsonObject, string] => [
    'profile.timeZone',
    { profile: { timeZone } },
    'field_invalid',
  ]),
  ...[
    'nonsense',
    'a@b@c',
    'a b@c.d',
    '@c.d',
    `${'x'.repeat(65)}@c.d`,
    'a@b..c',
    'a\u0000@b.c',
    'Minnie <a@b.c>',
    '',
  ].map((address): [string, JsonObject, string] => ['email.address', { email: { address } }, 'field_invalid']),
  ['email.address', { email: { address: `a@${'b.'.repeat(130)}c` } }, 'field_too_long'],
  ['email.address', { email: { address: null } }, 'field_invalid'],
  ['email.verified', { email: { address: 'a@b.c', verified: 'yes' } }, 'field_invalid'],
  ['email.verifiedAt', { email: { address: 'a@b.c', verifiedAt: '2026-11-21T10:00:00.000Z' } }, 'field_read_only'],
  ['phone.number', { phone: { number: 'nonsense' } }, 'field_invalid'],
  ['phone.number', { phone: { number: '+41791234567', entered: '+41791234568' } }, 'field_invalid'],
  ['phone.entered', { phone: { entered: null } }, 'field_invalid'],
  ['phone.entered', { phone: { entered: 'a\u0000b' } }, 'field_invalid'],
  ['phone.entered', { phone: { entered: '1'.repeat(201) } }, 'field_too_long'],
  ['loginNames', { loginNames: { oracle: 'x' } }, 'field_invalid'],
  ['loginNames.accela', { loginNames: { accela: 1 } }, 'field_invalid'],
  ['loginNames.accela', { loginNames: { accela: '' } }, 'field_required'],
  ['loginNames.accela', { loginNames: { accela: 'x'.repeat(201) } }, 'field_too_long'],
  ['loginNames.accela', { loginNames: { accela: 'a\u202eb' } }, 'field_invalid'],
  ['administers.0', { administers: [null] }, 'field_invalid'],
  ['data', { data: { a: '\ud800' } }, 'field_invalid'],
  ['data', { data: { '\ud800': 1 } }, 'field_invalid'],
  ['data', { data: nested(31) }, 'field_invalid'],
  ['securityQuestions.0', { securityQuestions: [null] }, 'field_invalid'],
  ['securityQuestions.0', { securityQuestions: ['x'] }, 'field_invalid'],
  ['securityQuestions.0.question', { securityQuestions: [{ question: 1 }] }, 'field_invalid'],
  ['securityQuestions.question', { securityQuestions: [{ question: ' ', answer: 'a' }] }, 'field_required'],
  ['extensions.oracle', { extensions: { oracle: 1 } }, 'field_invalid'],
  ['extensions.oracle.a', { extensions: { oracle: { a: 1 } } }, 'field_invalid'],
  ['extensions.constructor.a', { extensions: { constructor: { a: 1 } } }, 'field_invalid'],
  ['extensions.devicehive.introReviewed', { extensions: { devicehive: { introReviewed: 'yes' } } }, 'field_invalid'],
  ['password', { password: {} }, 'field_required'],
  ['password', { password: { plain: 'Passw0rd!', hash: 'x' } }, 'field_required'],
  ['password', { password: { plain: 1 } }, 'field_invalid'],
];

test('members of the wrong type, out of bounds, unknown or not well formed', async () => {
  const whole = wrongMembers.flatMap(([field, reason, ...values]) =>
    values.map((value) => [field, { [field]: value }, reason] as const),
  );
  const cases = [...whole, ...wrongParts].flatMap(([field, body, reason]): Case[] => {
    const what = `${field} ${JSON.stringify(body).slice(0, 60)}`;
    return [
      [`PATCH ${what}`, patch(body), 400, reason, field],
      [`POST ${what}`, ['POST', '/users', { username: 'somebody-new', ...body }], 400, reason, field],
    ];
  });
  await target.assertRefused(cases);
});

test('passwords that cannot be taken', async () => {
  const hash = '$2a$10$tooshort';
  await target.assertRefused([
    ['too short', patch({ password: 'short' }), 400, 'password_too_short', 'password'],
    ['too long', patch({ password: 'x'.repeat(201) }), 400, 'password_too_long', 'password'],
    ['no hash', patch({ password: { hash } }), 400, 'hash_malformed', 'password'],
    ['another algorithm', patch({ password: { hash: '$y$j9T$salt$hash' } }), 400, 'hash_unsupported', 'password'],
    ['null', patch({ password: null }), 400, 'field_invalid', 'password'],
  ]);
});
