import fc from 'fast-check';
import type { Json } from '#core/json.ts';
import { languageIdOf } from '#dialects/twosms/languages.ts';
import { nastyText } from './nasty.ts';

const { constantFrom } = fc;

/** How many people the server is given; `@user3@` in a path, a header or a body is the fourth one's id. */
export const peopleCount = 40;
export const personId = fc.nat(peopleCount - 1).map((index) => `@user${index}@`);

/** The password of them all. */
export const password = 'Pa55word of all!';

/** The program that may ask for tokens. */
export const client = { id: 'fuzz-client', secret: 'the-secret-of-fuzz-client' };

const number = fc.nat(999_999_999);
const english = languageIdOf('en');

/** What a client might say in a text member, by the member's name, whoever's API it is. */
const texts: readonly (readonly [RegExp, fc.Arbitrary<string>])[] = [
  [/languageid/i, constantFrom(english, english, english, '00000000-0000-0000-0000-000000000000')],
  [/mail/i, number.map((n) => `mini${n % 5000}@mouse.com`)],
  [/code$/i, constantFrom('1', '41', '+44', 'ABC123', '999')],
  [/userpass|current/i, constantFrom(password, password, password, 'wrong')],
  [/client_?id/i, constantFrom(client.id, client.id, client.id, 'x')],
  [/client_?secret/i, constantFrom(client.secret, client.secret, client.secret, 'x')],
  [/pass/i, constantFrom(password, password, password, 'Another0ne, please', 'short', '$2a$10$invalid')],
  [
    /hash/i,
    constantFrom('$2y$10$aaaaaaaaaaaaaaaaaaaaaO3bXbnZfZrWzWzWzWzWzWzWzWzWzWzWz', '$argon2id$v=19$m=8,t=1,p=1$c2E$aA'),
  ],
  [/phone|number|entered/i, constantFrom('+41791234567', '925-551-8131', '079 123 45 67', '+12015550123', '911')],
  [/language/i, constantFrom('en', 'de-CH', 'zh-Hant-TW', 'x', 'EN_us')],
  [/zone/i, constantFrom('UTC', 'Europe/Zurich', 'america/new_york', 'W. Europe Standard Time', 'UTC', 'Mars/Olympus')],
  [/sms/i, constantFrom('Y', 'N', 'y')],
  [/role/i, constantFrom('CITIZEN', 'AUTH_AGENT', 'citizen')],
  [/date|at$|expir|created|since/i, constantFrom('2015-02-09 16:23:58', '2026-11-21T10:00:00.000Z', '2026-13-01', '0')],
  [/gender/i, constantFrom('female', 'GENDER_FEMALE', 'diverse')],
  [/state/i, constantFrom('active', 'locked', 'disabled', 'initial')],
  [/pin$/i, constantFrom('4711', '******', '12')],
  [
    /grant_?type/i,
    constantFrom(
      'password',
      'password',
      'password',
      'refresh_token',
      'client_credentials',
      'client_credentials',
      'authorization_code',
    ),
  ],
  [/urltemplate|uri|url/i, constantFrom('https://example.com/?u={{.UserID}}&c={{.Code}}', 'javascript:alert(1)', 'x')],
  [/(user|login|^)_?name$|login/i, fc.nat(4000).map((n) => (n % 3 === 0 ? `person-${n % 40}` : `fuzz-${n}`))],
  [/(^|[a-z_])id$/i, fc.oneof(personId, number.map(String))],
];

const otherText = fc.oneof(
  constantFrom('Minnie', 'Mouse', 'Minnie <Mouse> & "Co"', 'true', '1', 'dark'),
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
);

function isKnown(name: string): boolean {
  return texts.some(([pattern]) => pattern.test(name));
}

/** A text for a member of this name: plausible as a rule, now and then nasty. */
export function textFor(name: string): fc.Arbitrary<string> {
  const known = texts.find(([pattern]) => pattern.test(name))?.[1] ?? otherText;
  return fc.oneof({ weight: 40, arbitrary: known }, { weight: 1, arbitrary: nastyText });
}

export const anyJson = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

/** A value like a sample of it: of the same shape, every member there or not. */
export function like(sample: Json, name = ''): fc.Arbitrary<Json> {
  const as = (arbitrary: fc.Arbitrary<Json>) =>
    fc.oneof(
      { weight: 40, arbitrary },
      { weight: 12, arbitrary: fc.constant(sample) },
      { weight: 1, arbitrary: anyJson },
    );
  if (typeof sample === 'string')
    return as(isKnown(name) ? textFor(name) : fc.oneof(fc.constant(sample), textFor(name)));
  if (typeof sample === 'boolean') return as(fc.boolean());
  if (typeof sample === 'number') return as(fc.oneof(fc.constant(sample), fc.integer({ min: -1, max: 4 })));
  if (sample === null) return anyJson;
  if (Array.isArray(sample))
    return fc.array(sample[0] === undefined ? anyJson : like(sample[0], name), { maxLength: 3 });
  return membersLike(sample as Readonly<Record<string, Json>>);
}

/** An object with some or all of the sample's members. */
export function membersLike(sample: Readonly<Record<string, Json>>): fc.Arbitrary<Json> {
  return someOf(Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, like(value, key)])));
}

/** The value, or what should be in no member: null, another type. */
export function orStrange(value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.oneof({ weight: 15, arbitrary: value }, { weight: 1, arbitrary: strange });
}

const strange = fc.oneof(fc.constant(null), fc.constantFrom<Json[]>('', 0, 1.5, true, [], [null], {}, 'x', ['x']));

/** An object with what is required of these members, and with a few, any or all of the others. */
export function someOf(
  members: Readonly<Record<string, fc.Arbitrary<Json>>>,
  required: readonly string[] = [],
): fc.Arbitrary<Json> {
  const optional = Object.keys(members).filter((name) => !required.includes(name));
  const others = fc.oneof(
    { weight: 2, arbitrary: fc.subarray(optional, { maxLength: Math.min(3, optional.length) }) },
    { weight: 1, arbitrary: fc.subarray(optional) },
    { weight: 1, arbitrary: fc.constant(optional) },
  );
  const values = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, orStrange(value)]));
  return fc
    .tuple(fc.record(values), others)
    .map(([all, chosen]) => Object.fromEntries([...required, ...chosen].map((name) => [name, all[name] ?? null])));
}
