import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { UserInput } from '#core/commands/user-input.ts';
import { readUser } from './formats/read.ts';
import { languageIdOf } from './languages.ts';
import { idOf, openPortal, type Portal } from './test-client.ts';

let portal: Portal;
before(async () => {
  portal = await openPortal();
});
after(() => portal.server.close());

const phone = (entered: string, number?: string): UserInput => ({
  phone: { entered, sameBy: 'entered', ...(number === undefined ? {} : { number }) },
});
const password = { set: { plain: 'long-enough' }, rules: { minLength: 8, maxLength: 200 }, lockAfterAttempts: 0 };

/** What other APIs may have made of a user, in as many ways as this wire could stumble over. */
const statesOf = (lifecycle: string): Readonly<Record<string, UserInput>> => ({
  'nothing but a username': {},
  everything: {
    ...phone('+41 79 123 45 67', '+41791234567'),
    email: { address: 'mini@mouse.com' },
    password,
    pin: '0007',
    patch: {
      'profile.displayName': 'Minnie',
      'profile.language': 'de-CH',
      'profile.timeZone': 'Europe/Zurich',
      'consent.agreedAt': '2024-03-28T08:12:49.350Z',
      'consent.declinedAt': '2024-03-28T08:12:49.000Z',
      'consent.dpaVersion': '2',
      'consent.privacyPolicyVersion': '3',
      'extensions.twosms.ssoEnabled': true,
    },
  },
  'a login name of its own': { patch: { 'loginNames.twosms': `minnie@${lifecycle}.example` } },
  'a phone that meets the pattern and is no number': phone('12345'),
  'a phone that is a number and does not meet the pattern': phone('+41.79.123.45.67', '+41791234567'),
  'a phone that neither meets the pattern nor is a number': phone('ask at the desk'),
  'a display name full of markup': { patch: { 'profile.displayName': ' <b>Minnie & "Mouse"</b> \' ]]> ' } },
  'a display name that XML cannot hold': { patch: { 'profile.displayName': 'Minnie\uFFFEMouse' } },
  'a display name of spaces': { patch: { 'profile.displayName': '  ' } },
  'an empty display name': { patch: { 'profile.displayName': '' } },
  'a language that is in no list': { patch: { 'profile.language': 'gsw' } },
  'a Windows time zone': {
    patch: { 'profile.timeZone': 'Europe/Berlin', 'extensions.twosms.timeZoneEntered': 'W. Europe Standard Time' },
  },
  'a Windows time zone that no longer holds': {
    patch: { 'profile.timeZone': 'Asia/Tokyo', 'extensions.twosms.timeZoneEntered': 'W. Europe Standard Time' },
  },
  'numbered preferences': { patch: { 'extensions.twosms.preferences': 5 } },
  'named preferences': { patch: { 'extensions.twosms.preferences': 'FULL_ACCESS' } },
  'a fixed PIN': { pin: '123456' },
  'the administration of 2sms': { administers: { twosms: true } },
  'the administration of everything': { administers: { directory: true } },
  locked: { state: { locked: true } },
  disabled: { state: { disabled: true } },
  'locked and disabled': { state: { locked: true, disabled: true } },
});

/** How each format is read back into members, and written as an update. */
const formats = {
  'application/json': {
    read: (text: string): Map<string, unknown> => new Map(Object.entries(JSON.parse(text).ResponseData.Detail)),
    write: (members: Map<string, unknown>) => JSON.stringify(Object.fromEntries(members)),
  },
  'text/xml': {
    read: (text: string): Map<string, unknown> => {
      const detail = text.slice(text.indexOf('<Detail>') + '<Detail>'.length, text.indexOf('</Detail>'));
      return new Map(readUser(Buffer.from(rootOf(detail)), 'text/xml'));
    },
    write: (members: Map<string, unknown>) =>
      rootOf([...members].map(([name, value]) => elementOf(name, value)).join('')),
  },
  'application/x-www-form-urlencoded': {
    write: (members: Map<string, unknown>) =>
      String(new URLSearchParams([...members].map(([name, value]) => [name, String(value ?? '')]))),
  },
};

function rootOf(content: string): string {
  return `<User xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${content}</User>`;
}

function elementOf(name: string, value: unknown): string {
  if (value === null) return `<${name} xsi:nil="true"/>`;
  // A number of Preferences is no name of it, so its zero is written as XML has it.
  const text = name === 'Preferences' && value === 0 ? 'NONE' : String(value).replace('\uFFFE', '\uFFFD');
  return `<${name}>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(']]>', ']]&gt;')}</${name}>`;
}

const absent = new Map<string, (members: Map<string, unknown>) => Map<string, unknown>>([
  ['as null', (members) => members],
  ['left out', (members) => new Map([...members].filter(([, value]) => value !== null))],
  ['empty', (members) => new Map([...members].map(([name, value]) => [name, value ?? '']))],
]);

for (const lifecycle of ['active', 'initial'] as const) {
  for (const [state, input] of Object.entries(statesOf(lifecycle))) {
    if (lifecycle === 'initial' && 'password' in input) continue;
    test(`an echo changes nothing of a user that is ${lifecycle} and has: ${state}`, async () => {
      const user = await portal.create(input, lifecycle);
      portal.server.clock.advance(1000);
      for (const shownAs of ['application/json', 'text/xml'] as const) {
        const shown = await portal.get(idOf(user), { accept: shownAs });
        assert.equal(shown.status, 200);
        for (const [type, { write }] of Object.entries(formats)) {
          for (const [how, leave] of absent) {
            const body = write(leave(formats[shownAs].read(shown.text)));
            const answer = await portal.put(idOf(user), body, { type, accept: shownAs });
            assert.equal(answer.status, 200, `${shownAs} sent back as ${type}, null ${how}: ${answer.text}\n${body}`);
            assert.equal(answer.text, shown.text);
          }
        }
      }
      assert.equal((await portal.read(user)).version, user.version);
    });
  }
}

test('the owner of the directory can be echoed too', async () => {
  const owner = (await portal.get(idOf(await portal.create()))).json.ResponseData.Identification.UserId;
  const shown = await portal.get(owner);
  const answer = await portal.put(owner, shown.json.ResponseData.Detail);
  assert.deepEqual(answer.json, shown.json);
  assert.equal(shown.json.ResponseData.Detail.AdminUser, true);
});

test('what is missing shows as the default of the realm, or as null', async () => {
  const { Detail } = (await portal.get(idOf(await portal.create()))).json.ResponseData;
  const nothing = [Detail.DisplayName, Detail.EmailAddress, Detail.MobilePhone, Detail.Pin, Detail.AgreementDate];
  assert.deepEqual(nothing, [null, null, null, null, null]);
  assert.deepEqual([Detail.LanguageID, Detail.TimeZone, Detail.Enabled], [languageIdOf('en'), 'UTC', true]);
});

test('a phone shows as entered where it meets the pattern, else in E.164, else as entered', async () => {
  const shown = async (input: UserInput) => {
    const { json } = await portal.get(idOf(await portal.create(input)));
    return json.ResponseData.Detail.MobilePhone;
  };
  assert.equal(await shown(phone('(079) 123-45-67', '+41791234567')), '(079) 123-45-67');
  assert.equal(await shown(phone('079.123.45.67', '+41791234567')), '+41791234567');
  assert.equal(await shown(phone('ask at the desk')), 'ask at the desk');
});
