import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { CreateUserRequestSchema, UserService as published } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { byteFilterMethods, UserService } from './descriptors.ts';
import { jsonReader } from './json.ts';
import { validatorOf } from './pgv.ts';

const texts = (rpc: keyof typeof UserService.method, body: object) => {
  const { input } = UserService.method[rpc];
  return validatorOf(input)(jsonReader(input)(body as never) as never).map(({ text }) => text);
};

test('it is the published service: the same methods, messages and rules', () => {
  const shapeOf = ({ methods }: typeof published) =>
    methods.map(({ name, input, output, methodKind }) => [name, input.typeName, output.typeName, methodKind]);
  assert.deepEqual(shapeOf(UserService), shapeOf(published));
  const [ours, theirs] = [UserService, published].map(({ method }) => method.updateHumanUser.input);
  const fieldsOf = (desc: typeof ours) => desc?.fields.map(({ name, number }) => [name, number]);
  assert.deepEqual(fieldsOf(ours), fieldsOf(theirs));
});

test('newer members stand beside the published ones, on the wire too', () => {
  const { input } = UserService.method.createUser;
  const read = jsonReader(input)({
    organizationId: '1',
    machine: { name: 'robot', accessTokenType: 'ACCESS_TOKEN_TYPE_JWT' },
    metadata: [{ key: 'a', value: 'AQ==' }],
  });
  const sent = create(input, read as never);
  const there = fromBinary(CreateUserRequestSchema, toBinary(input, sent));
  assert.equal(there.userType.case === 'machine' && there.userType.value.name, 'robot');
  assert.deepEqual(
    there.$unknown?.map(({ no }) => no),
    [6],
  );
  const back = fromBinary(input, toBinary(CreateUserRequestSchema, there));
  assert.deepEqual(toBinary(input, back), toBinary(input, sent));
  assert.equal(Reflect.get(back.userType.value ?? {}, 'accessTokenType'), 1);
});

test('newer members have the rules of their neighbours', () => {
  const organizationId = '1';
  assert.deepEqual(texts('createUser', { organizationId, machine: { name: 'a', accessTokenType: 2 } }), [
    'invalid CreateUserRequest.Machine: embedded message failed validation | caused by: ' +
      'invalid CreateUserRequest_Machine.AccessTokenType: value must be one of the defined enum values',
  ]);
  assert.match(
    texts('createUser', { organizationId, machine: { name: 'a' }, metadata: [{ key: 'a' }] })[0] ?? '',
    /invalid Metadata\.Value: value length must be between 1 and 500000 bytes, inclusive$/,
  );
  const userId = '1';
  assert.deepEqual(texts('updateUser', { userId, metadata: [{ key: 'a' }] }), []);
  assert.match(texts('updateUser', { userId, metadata: [{}] })[0] ?? '', /Metadata\[0\]: .*\.Key: value length/);
  assert.deepEqual(texts('listUsers', { queries: [{ metadataKeyFilter: { key: 'a', method: 7 } }] }), []);
  const method = byteFilterMethods.BYTE_FILTER_METHOD_NOT_EQUALS;
  assert.deepEqual(texts('listUsers', { queries: [{ metadataValueFilter: { value: 'AQ==', method } }] }), []);
  assert.match(
    texts('listUsers', { queries: [{ metadata_value_filter: { method: 2 } }] })[0] ?? '',
    /invalid MetadataValueFilter\.Method: value must be one of the defined enum values$/,
  );
  const value = Buffer.alloc(500_001).toString('base64');
  assert.match(
    texts('listUsers', { queries: [{ metadataValueFilter: { value } }] })[0] ?? '',
    /invalid MetadataValueFilter\.Value: value length must be at most 500000 bytes$/,
  );
});
