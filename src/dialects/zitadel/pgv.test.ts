import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddHumanUserRequestSchema,
  DeleteUserMetadataRequestSchema,
  UpdateHumanUserRequestSchema,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { Json } from '#core/json.ts';
import { UserService } from './descriptors.ts';
import { jsonReader } from './json.ts';
import { validatorOf } from './pgv.ts';

const validateUpdate = validatorOf(UpdateHumanUserRequestSchema);
const readUpdate = jsonReader(UpdateHumanUserRequestSchema);
const violationsOf = (body: object) => validateUpdate(readUpdate({ userId: '1', ...body } as Json));
const texts = (body: object) => violationsOf(body).map(({ text }) => text);

test('words a length as the generated Go code does', () => {
  const inner = 'value length must be between 1 and 200 runes, inclusive';
  assert.deepEqual(texts({ userId: '' }), [`invalid UpdateHumanUserRequest.UserId: ${inner}`]);
  assert.deepEqual(texts({ username: '' }), [`invalid UpdateHumanUserRequest.Username: ${inner}`]);
  assert.deepEqual(texts({ profile: { familyName: 'Mouse' } }), [
    'invalid UpdateHumanUserRequest.Profile: embedded message failed validation | caused by: ' +
      `invalid SetHumanProfile.GivenName: ${inner}`,
  ]);
  assert.match(
    texts({ profile: { givenName: 'a', familyName: 'b', preferredLanguage: 'a'.repeat(11) } })[0] ?? '',
    /caused by: invalid SetHumanProfile\.PreferredLanguage: value length must be at most 10 runes$/,
  );
});

test('leaves an absent optional member alone', () => {
  assert.deepEqual(texts({}), []);
  assert.deepEqual(texts({ email: { email: 'mini@mouse.com' }, phone: {}, password: {} }), []);
});

test('answers every violation with its member, plain members before optional ones', () => {
  const found = violationsOf({ username: '', profile: { nickName: 'a'.repeat(201), familyName: '' } });
  assert.deepEqual(
    found.map(({ path }) => path),
    ['username', 'profile.givenName', 'profile.familyName', 'profile.nickName'],
  );
});

test('counts runes, not UTF-16 units', () => {
  assert.deepEqual(texts({ username: '😀'.repeat(200) }), []);
  assert.equal(texts({ username: '😀'.repeat(201) }).length, 1);
});

test('checks members of oneofs only when they are chosen, down to the innermost', () => {
  assert.match(
    texts({ email: { email: 'mini@mouse.com', sendCode: { urlTemplate: '' } } })[0] ?? '',
    /invalid SetHumanEmail\.SendCode: embedded .* invalid SendEmailVerificationCode\.UrlTemplate: value length/,
  );
  assert.match(texts({ phone: { isVerified: false } })[0] ?? '', /SetHumanPhone\.IsVerified: value must equal true$/);
  assert.match(
    texts({ password: { password: {} } })[0] ?? '',
    /SetPassword\.Password: .*Password\.Password: value len/,
  );
  assert.match(texts({ password: { verificationCode: 'a'.repeat(21) } })[0] ?? '', /between 1 and 20 runes/);
});

test('checks mail addresses', () => {
  const good = [
    'mini@mouse.com',
    'Mini <mini@mouse.com>',
    '"mini mouse"@mouse.com',
    'mini+tag@localhost',
    'ö@mouse.com',
  ];
  for (const email of good) assert.deepEqual(texts({ email: { email } }), [], email);
  const bad = ['mini', '@mouse.com', 'mini@', 'mi ni@mouse.com', 'mini@-mouse.com', 'mini@möuse.com', '.a@mouse.com'];
  for (const email of [...bad, `${'a'.repeat(65)}@mouse.com`]) {
    assert.match(texts({ email: { email } })[0] ?? '', /SetHumanEmail\.Email: value must be a valid email addr/, email);
  }
});

test('asks for required messages, and checks lists item by item', () => {
  const validate = validatorOf(AddHumanUserRequestSchema);
  const read = jsonReader(AddHumanUserRequestSchema);
  assert.deepEqual(
    validate(read({})).map(({ text }) => text),
    ['invalid AddHumanUserRequest.Profile: value is required', 'invalid AddHumanUserRequest.Email: value is required'],
  );
  const { text, path } = validate(read({ metadata: [{ key: 'a' }] })).at(-1) ?? {};
  assert.equal(path, 'metadata[0].value');
  assert.match(
    text ?? '',
    /Metadata\[0\]: embedded .* SetMetadataEntry\.Value: value .* between 1 and 500000 bytes, inc/,
  );
  const keys = validatorOf(DeleteUserMetadataRequestSchema)(
    jsonReader(DeleteUserMetadataRequestSchema)({ keys: [''] }),
  );
  assert.match(keys[0]?.text ?? '', /^invalid DeleteUserMetadataRequest\.Keys\[0\]: value length/);
});

test('knows every rule of the whole user service, and asks for a oneof where it must be set', () => {
  const blank = UserService.methods.map(({ input }) => validatorOf(input)(jsonReader(input)({})));
  const required = blank.flat().map(({ text }) => text);
  assert.ok(required.includes('invalid CreateUserRequest.UserType: value is required'));
  assert.ok(required.includes('invalid AddKeyRequest.ExpirationDate: value is required'));
});
