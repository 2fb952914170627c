import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromJson, toJson } from '@bufbuild/protobuf';
import {
  AddHumanUserRequestSchema,
  ListUsersRequestSchema,
  UpdateHumanUserRequestSchema,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import fc from 'fast-check';
import type { Json } from '#core/json.ts';
import { jsonReader } from './json.ts';

const readUpdate = jsonReader(UpdateHumanUserRequestSchema);
const refusal = (json: Json, read: (json: Json) => unknown = readUpdate) => {
  let message = '';
  assert.throws(
    () => read(json),
    (error: Error) => {
      message = error.message;
      return true;
    },
  );
  return message;
};

test('reads members in camelCase and as in the proto file, ignores unknown ones, takes null as absent', () => {
  const message = readUpdate({
    username: null,
    profile: { given_name: 'Minnie', familyName: 'Mouse', nickName: null, toString: 1 },
    email: { email: 'mini@mouse.com', return_code: {} },
    ['__proto__']: { username: 'x' },
  });
  assert.equal(message.username, undefined);
  assert.equal(message.profile?.givenName, 'Minnie');
  assert.equal(message.profile?.nickName, undefined);
  assert.equal(message.email?.verification.case, 'returnCode');
});

test('keeps an absent optional member apart from an empty one', () => {
  assert.equal(readUpdate({ profile: {} }).profile?.nickName, undefined);
  assert.equal(readUpdate({ profile: { nickName: '' } }).profile?.nickName, '');
  assert.equal(readUpdate({}).profile, undefined);
});

test('names all members that exclude each other, in every oneof', () => {
  const message = refusal({
    email: { email: 'mini@mouse.com', sendCode: {}, returnCode: {}, isVerified: true },
    password: { password: {}, hashed_password: {}, currentPassword: 'a', verificationCode: 'b' },
  });
  assert.match(message, /email\.sendCode, email\.returnCode, email\.isVerified exclude each other/);
  assert.match(message, /password\.password, password\.hashedPassword exclude each other/);
  assert.match(message, /password\.currentPassword, password\.verificationCode exclude each other/);
});

test('takes one member of a oneof beside null ones', () => {
  const { email } = readUpdate({
    email: { email: 'mini@mouse.com', sendCode: null, returnCode: {}, isVerified: null },
  });
  assert.equal(email?.verification.case, 'returnCode');
});

test('refuses a member that is given in both its names', () => {
  assert.match(refusal({ profile: { givenName: 'a', given_name: 'b' } }), /profile\.givenName is given twice/);
});

test('refuses an unknown enum name, keeps a number', () => {
  assert.match(refusal({ profile: { gender: 'GENDER_OTHER' } }), /profile\.gender must be one of GENDER_UNSPECIFIED, /);
  assert.equal(readUpdate({ profile: { gender: 'GENDER_DIVERSE' } }).profile?.gender, 3);
  assert.equal(readUpdate({ profile: { gender: 2 } }).profile?.gender, 2);
  assert.equal(readUpdate({ profile: { gender: 99 } }).profile?.gender, 99);
  assert.match(refusal({ profile: { gender: 1.5 } }), /profile\.gender must be/);
});

test('refuses wrong types, naming each member', () => {
  const message = refusal({
    username: 5,
    profile: 'x',
    email: { email: ['a'], isVerified: 'true' },
    phone: { phone: '\ud800' },
  });
  for (const member of ['username', 'profile', 'email.email', 'email.isVerified', 'phone.phone']) {
    assert.match(message, new RegExp(`${member} must be`));
  }
  assert.match(refusal([]), /the body must be a JSON object/);
  assert.match(refusal(null), /the body must be a JSON object/);
});

test('tells some of many faults', () => {
  const message = refusal({ queries: Array.from({ length: 1000 }, () => 1) }, jsonReader(ListUsersRequestSchema));
  assert.match(message, /^queries\[0\] must be a JSON object; .*queries\[19\] must be a JSON object; and 980 more\.$/);
  const longest = { [`x${'y'.repeat(2000)}`]: 1, queries: [{ inUserIdsQuery: { userIds: Array(5000).fill(1) } }] };
  assert.ok(refusal(longest, jsonReader(ListUsersRequestSchema)).length < 10_500);
});

test('never repeats a value: it may be a password', () => {
  assert.doesNotMatch(refusal({ password: { currentPassword: ['hunter2'] } }), /hunter2/);
});

test('reads lists, bytes and 64-bit numbers', () => {
  const created = jsonReader(AddHumanUserRequestSchema)({ metadata: [{ key: 'a', value: 'AQI=' }] });
  assert.deepEqual(created.metadata[0]?.value, new Uint8Array([1, 2]));
  const readList = jsonReader(ListUsersRequestSchema);
  const listed = readList({ query: { offset: '18446744073709551615', limit: 10 } });
  assert.deepEqual([listed.query?.offset, listed.query?.limit], [18446744073709551615n, 10]);
  assert.match(refusal({ query: { limit: 2 ** 32 } }, readList), /query\.limit must be a whole number/);
  assert.match(
    refusal({ queries: [{ andQuery: { queries: [5] } }] }, readList),
    /queries\[0\]\.andQuery\.queries\[0\]/,
  );
  assert.match(refusal({ metadata: [{ value: '!' }] }, jsonReader(AddHumanUserRequestSchema)), /metadata\[0\]\.value/);
});

test('agrees with fromJson on every body that has no fault', () => {
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const text = fc.string({ unit: 'grapheme' });
  const verification = fc.constantFrom(
    {},
    { sendCode: { urlTemplate: 'x' } },
    { returnCode: {} },
    { isVerified: true },
  );
  const body = fc.record({
    userId: optional(text),
    username: optional(text),
    profile: optional(
      fc.record({ givenName: text, family_name: text, nickName: optional(text), gender: fc.constantFrom(0, 1, 2, 3) }),
    ),
    email: optional(fc.tuple(fc.record({ email: text }), verification).map(([a, b]) => ({ ...a, ...b }))),
    phone: optional(fc.tuple(fc.record({ phone: text }), verification).map(([a, b]) => ({ ...a, ...b }))),
    unknown: fc.jsonValue(),
  });
  fc.assert(
    fc.property(body, (drawn) => {
      const json = JSON.parse(JSON.stringify(drawn));
      const theirs = fromJson(UpdateHumanUserRequestSchema, json, { ignoreUnknownFields: true });
      assert.deepEqual(
        toJson(UpdateHumanUserRequestSchema, readUpdate(json)),
        toJson(UpdateHumanUserRequestSchema, theirs),
      );
    }),
    { numRuns: 200 },
  );
});
