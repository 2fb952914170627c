import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import {
  CreateInviteCodeResponseSchema,
  GetUserByIDResponseSchema,
  HumanMFAInitSkippedResponseSchema,
  ListAuthenticationFactorsResponseSchema,
  ListAuthenticationMethodTypesResponseSchema,
  RegisterTOTPResponseSchema,
  UpdateHumanUserResponseSchema,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { startClient } from './test-client.ts';

const folder = new URL('./golden/', import.meta.url);

/** What stands in the place of what is made anew each time. */
const made: Readonly<Record<string, RegExp>> = { '{code}': /^[A-Z0-9]{6}$/, '{new}': /^\d+$/ };

for (const file of readdirSync(folder)) {
  test(`golden: ${file}`, async (t) => {
    const client = await startClient(t);
    const read = (text: string, id: string) => JSON.parse(text.replaceAll('{id}', id));
    const text = readFileSync(new URL(file, folder), 'utf8');
    const id = await client.seed(read(text, '').given);
    const { before = [], request, response } = read(text, id);
    for (const { method, path, body } of before) await client.send(method, path, body);
    client.server.clock.advance(34_438);
    const { status, body } = await client.send(request.method, request.path, request.body);
    for (const [member, expected] of Object.entries<string>(response.body)) {
      const pattern = made[expected];
      if (pattern === undefined) continue;
      assert.match(body[member], pattern);
      response.body[member] = body[member];
    }
    assert.deepEqual({ status, body }, response);
  });
}

test('what is answered is what the vendor describes: nothing is unknown, nothing of a wrong type', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ email: { address: 'mini@mouse.com', verified: true } });
  const updated = await client.put(id, { profile: { givenName: 'Minnie', familyName: 'Mouse', gender: 1 } });
  fromJson(UpdateHumanUserResponseSchema, updated.body);
  const call = async (method: string, path: string, body?: object) =>
    (await client.send(method, `/v2/users/${id}/${path}`, body)).body;
  assert.equal(
    fromJson(CreateInviteCodeResponseSchema, await call('POST', 'invite_code', { returnCode: {} })).inviteCode?.length,
    6,
  );
  assert.ok(fromJson(RegisterTOTPResponseSchema, await call('POST', 'totp', {})).uri);
  const states = [1];
  const factors = await call('POST', 'authentication_factors/_search', { states });
  assert.equal(fromJson(ListAuthenticationFactorsResponseSchema, factors).result[0]?.type.case, 'otp');
  fromJson(ListAuthenticationMethodTypesResponseSchema, await call('GET', 'authentication_methods'));
  fromJson(HumanMFAInitSkippedResponseSchema, await call('POST', 'mfa_init_skipped', {}));
  const { user } = fromJson(GetUserByIDResponseSchema, (await client.send('GET', `/v2/users/${id}`)).body);
  assert.equal(user?.type.case, 'human');
  assert.ok(user.type.value.mfaInitSkipped);
});
