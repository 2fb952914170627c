import fc from 'fast-check';
import { FieldTable } from './fields.ts';
import { instantOf } from './instant.ts';
import type { Json, JsonObject } from './json.ts';
import { normaliseName } from './names.ts';
import type { Fields, UserPatch } from './patch.ts';

/** Random values for property tests: the field table's own, as callers send them. */
export const table = new FieldTable();

const text = fc.string({ maxLength: 40, unit: 'grapheme' }).filter((value) => !/[\p{Cc}\p{Cs}\p{Cf}]/u.test(value));
const name = text.filter(isName);
const instant = fc.integer({ min: 0, max: 4_102_444_800_000 }).map(instantOf);

function isName(value: string): boolean {
  try {
    return normaliseName('username', value) !== '';
  } catch {
    return false;
  }
}

export const jsonObject = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })) as fc.Arbitrary<JsonObject>;

const values: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  username: name,
  'loginNames.devicehive': name,
  'profile.givenName': text,
  'profile.familyName': text,
  'profile.gender': fc.constantFrom('female', 'male', 'diverse'),
  'profile.language': fc.constantFrom('en', 'de-CH', 'EN-us', 'zh-hant-TW'),
  'profile.timeZone': fc.constantFrom('UTC', 'Europe/Zurich', 'america/new_york'),
  'email.address': fc.constantFrom('mini@mouse.com', 'Müller@exämple.ch', 'a.b+c@d'),
  'email.verifiedAt': instant,
  acceptsTextMessages: fc.boolean(),
  administers: fc.array(fc.constantFrom('zitadel', 'directory', 'twosms')),
  data: jsonObject,
  registeredAt: instant,
};

/** A patch with every path absent, null or a value. */
export const patch: fc.Arbitrary<UserPatch> = fc.record(
  Object.fromEntries(Object.entries(values).map(([path, value]) => [path, fc.option(value)])),
  { requiredKeys: [] },
) as fc.Arbitrary<UserPatch>;

/** The fields of some user, every value as a caller might have sent it. */
export const rawFields: fc.Arbitrary<Fields> = fc.record(values, { requiredKeys: [] }) as fc.Arbitrary<Fields>;
