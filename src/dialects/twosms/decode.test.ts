import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import { decodeUpdate } from './decode.ts';
import { shownUser } from './encode.ts';
import { readUser } from './formats/read.ts';
import { languageIdOf } from './languages.ts';

const at = '2026-11-21T10:00:00.000Z';
const realm: Realm = {
  key: 1,
  ids: { twosms: 'a2d8b2d2-1673-4f2d-a9ec-b02947160be7' },
  version: 1,
  digest: '',
  createdAt: at,
  changedAt: at,
  fields: { name: 'main', language: 'gsw', region: 'CH', timeZone: 'Europe/Zurich' },
};
const user: User = {
  key: 7,
  realm: 1,
  kind: 'human',
  ids: { twosms: '5a1ca887-9ec4-4ae8-bf61-715056ea9e98' },
  version: 1,
  digest: '',
  createdAt: at,
  changedAt: at,
  fields: { username: 'minnie', lifecycle: 'active', 'profile.language': 'fr' },
  activity: { failedAttempts: 0 },
};

const decode = (body: object) => {
  const shown = shownUser(user, realm);
  const { LanguageID, TimeZone, Username, Enabled } = shown;
  const sent = { LanguageID, TimeZone, Username, Enabled, ...body };
  return decodeUpdate(readUser(Buffer.from(JSON.stringify(sent)), 'text/json'), shown, { user, realm });
};

test('what is shown asks for nothing', () => {
  assert.deepEqual(decode({}), {});
});

test("the realm's default language is known, in the list or not", () => {
  const input = decode({ LanguageID: languageIdOf('gsw') });
  assert.deepEqual(input, { patch: { 'profile.language': 'gsw' } });
});

test("numbers and Windows' zones are read as of the realm's country", () => {
  const input = decode({ MobilePhone: '079 123 45 67', TimeZone: 'W. Europe Standard Time', DisplayName: 'Mini' });
  assert.deepEqual(input, {
    phone: { entered: '079 123 45 67', sameBy: 'entered', number: '+41791234567' },
    patch: {
      'profile.displayName': 'Mini',
      'profile.timeZone': 'Europe/Zurich',
      'extensions.twosms.timeZoneEntered': 'W. Europe Standard Time',
    },
  });
});

test("the caller's password is no part of the input", () => {
  assert.deepEqual(decode({ UserPassword: 'secret' }), {});
});
