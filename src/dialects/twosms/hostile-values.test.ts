import { after, before, test } from 'node:test';
import { type Case, invalid, openTarget, requiredMembers, type Target } from './hostile-target.ts';
import { languageIdOf } from './languages.ts';
import { members } from './model.ts';
import { type Portal, type Sent, xmlOf } from './test-client.ts';

let target: Target;
let portal: Portal;
let good: Target['good'];
before(async () => {
  target = await openTarget();
  ({ portal, good } = target);
});
after(() => portal.server.close());

const assertRefused: Target['assertRefused'] = (cases) => target.assertRefused(cases);

const asXml: Sent = { type: 'application/xml' };
const notValid = (name: string, value: string) => `The value '${value}' is not valid for ${name}.`;
const json = (more: object) => () => ({ ...good, ...more });

test('a value of a wrong type for every member', () =>
  assertRefused(
    members
      .filter(({ xmlOnly }) => !xmlOnly)
      .flatMap(({ name, type }): Case[] => {
        const wrong: unknown[] = [{}, { [name]: 'x' }, [], ['x']];
        const structures = wrong.map(
          (value): Case => [
            `${name} ${JSON.stringify(value)}`,
            json({ [name]: value }),
            invalid({ [name]: `The value is not valid for ${name}.` }),
          ],
        );
        const scalars = {
          text: [],
          boolean: [2, 'yes', 'truee', '0x1'],
          guid: [1, true, 'x', 'a2d8b2d2-1673-4f2d-a9ec-b02947160be', 'g2d8b2d2-1673-4f2d-a9ec-b02947160be7'],
          date: [1, true, 'yesterday', '2026-02-30', '2026-13-01T00:00:00Z', '9'.repeat(99)],
          enumeration: [1.5, true, 2 ** 31, -(2 ** 31) - 1, '99999999999', 'a-b', 'a;b', 'é'],
        }[type];
        return [
          ...structures,
          ...scalars.map(
            (value): Case => [
              `${name} ${value}`,
              json({ [name]: value }),
              invalid({ [name]: notValid(name, String(value)) }),
            ],
          ),
        ];
      }),
  ));

test('null, and nothing, for every member that must have a value', () =>
  assertRefused(
    requiredMembers.flatMap((name): Case[] => {
      const missing = invalid({ [name]: `The ${name} field is required.` });
      return [
        [`${name} null`, json({ [name]: null }), missing],
        [`${name} left out`, json({ [name]: undefined }), missing],
        ...(name === 'Enabled'
          ? []
          : ['', '  '].map((value): Case => [`${name} '${value}'`, json({ [name]: value }), missing])),
      ];
    }),
  ));

const nil = (name: string) => `<${name} xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`;

test('xsi:nil, an empty element and an element inside, for every member that must have a value', () =>
  assertRefused(
    requiredMembers.flatMap((name): Case[] => {
      const others = Object.fromEntries(Object.entries(good).filter(([other]) => other !== name));
      const missing = invalid({ [name]: `The ${name} field is required.` });
      const empty = name === 'Enabled' ? invalid({ Enabled: notValid('Enabled', '') }) : missing;
      const inside = invalid({ [name]: `The value is not valid for ${name}.` });
      return [
        [`${name} nil`, () => xmlOf(others, nil(name)), missing, asXml],
        [`${name} empty`, () => xmlOf(others, `<${name}/>`), empty, asXml],
        [`${name} with an element`, () => xmlOf(others, `<${name}><x/>true</${name}>`), inside, asXml],
      ];
    }),
  ));

const mustMatch = (name: string, pattern: string) =>
  `The field ${name} must match the regular expression '${pattern}'.`;
const phoneRule = mustMatch('MobilePhone', '^(?=.*?\\d.*?\\d.*?\\d.*?\\d.*?\\d)([+]?)([\\d\\s\\(\\)-]{5,20})$');
const controls = 'must not contain control characters, lone surrogates or bidi controls.';
const invisible = 'must not contain control, invisible or direction-changing characters.';
const mailRule = 'The EmailAddress field is not a valid e-mail address.';
const passwordRule = 'The field Password must be a string with a minimum length of 8 and a maximum length of 200.';
const pinRule = mustMatch('Pin', '^[ -~]{4,20}$');

/** For each member: what it must be told as, and values that are told so. */
const wrongValues: readonly (readonly [member: string, text: string, values: readonly string[]])[] = [
  ['DisplayName', 'DisplayName must have at most 200 characters.', ['x'.repeat(201), '🐭'.repeat(201)]],
  ['Username', 'Username must have at most 200 characters.', ['x'.repeat(201)]],
  ['EmailAddress', mailRule, [`${'x'.repeat(60)}@${'y'.repeat(190)}.com`, `${'x'.repeat(65)}@mouse.com`]],
  [
    'EmailAddress',
    mailRule,
    ['mouse', '@mouse.com', 'a@', 'a b@c.de', 'a@b@c', 'Mini <a@b.c>', 'a@b\u0000.c', 'a\u202E@b.c'],
  ],
  ['MobilePhone', phoneRule, ['1'.repeat(21), '+123', 'none', '12345x', '++12345', '12345\u0000', '\u202E12345']],
  ['MobilePhone', `MobilePhone ${controls}`, ['12345\n', '+41 79\t123 45 67']],
  ['Password', passwordRule, ['1234567', 'x'.repeat(201), '🐭'.repeat(7)]],
  ['Password', 'The password must not contain lone surrogates.', ['\uD800aaaaaaaa', 'aaaaaaaa\uDFFF']],
  ['Pin', pinRule, ['123', '1'.repeat(21), '12é4', '12\u00004']],
  ...['DisplayName', 'Username'].map(
    (name) =>
      [name, `${name} ${controls}`, ['a\u0000', '\uD800', 'a\uDC00b', '\u202Eevil', 'a\u2066b', '\u001B[31m']] as const,
  ),
  ['Username', `Username ${invisible}`, ['min\u200Bnie', 'a\u00AD', '\u2800', 'a\u2028b']],
];

test('values over their limits, of no such mail address or number, and with characters that deceive', () =>
  assertRefused(
    wrongValues.flatMap(([name, text, values]) =>
      values.map(
        (value): Case => [
          `${name} ${JSON.stringify(value).slice(0, 40)}`,
          json({ [name]: value }),
          invalid({ [name]: text }),
        ],
      ),
    ),
  ));

test('languages, time zones and preferences that there are not', () =>
  assertRefused(
    (
      [
        ['LanguageID', [languageIdOf('gsw'), '00000000-0000-0000-0000-000000000000']],
        [
          'TimeZone',
          ['Mars/Olympus', '+01:00', 'Europe/Zurich\u0000', '../../etc/passwd', 'Z'.repeat(100), '__proto__'],
        ],
        ['Preferences', ['a b c d e f g h i j k l m n o p q', 'x'.repeat(65)]],
      ] as const
    ).flatMap(([name, values]) =>
      values.map(
        (value): Case => [`${name} ${value}`, json({ [name]: value }), invalid({ [name]: notValid(name, value) })],
      ),
    ),
  ));
