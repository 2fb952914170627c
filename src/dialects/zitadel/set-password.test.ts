import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, startClient } from './test-client.ts';

const first = 'Secr3tP4ssw0rd!';
const second = 'An0ther!Secret';

const set = (client: Client, id: string, password: string | undefined, proof: object = {}, headers = {}) => {
  const newPassword = password === undefined ? {} : { newPassword: { password } };
  return client.send('POST', `/v2/users/${id}/password`, { ...newPassword, ...proof }, headers);
};

test('SetPassword: by an administrator, by the present password, or by a code', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const self = await client.as(id);
  const { status, body } = await set(client, id, first);
  assert.deepEqual([status, Object.keys(body), body.details.sequence], [200, ['details'], '2']);
  assert.equal((await set(client, id, second, {}, self)).errorId, 'AUTHZ-cdgFk');
  const current = { currentPassword: first };
  assert.equal((await set(client, id, second, current, self)).status, 200);
  const wrong = await set(client, id, first, current);
  assert.deepEqual([wrong.errorId, wrong.body.details[0].failedAttempts], ['COMMAND-3M0fs', 1]);
  const { verificationCode } = (await client.send('POST', `/v2/users/${id}/password_reset`, { returnCode: {} })).body;
  assert.equal((await set(client, id, first, { verificationCode }, await client.as(id))).status, 200);
  assert.equal((await set(client, id, second, { verificationCode })).errorId, 'CRYPT-aqrFV');
  const key = (await client.server.directory.resolve('zitadel', id)) ?? 0;
  assert.equal((await client.server.store.changesOf('user', key)).at(-1)?.command, 'set-password');
});

test('SetPassword: changeRequired shows', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const newPassword = { password: first, changeRequired: true };
  await client.send('POST', `/v2/users/${id}/password`, { newPassword });
  assert.equal((await client.read(id)).human.passwordChangeRequired, true);
});

test('SetPassword: each refusal has its id', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const none = await client.seed();
  await set(client, id, first);
  const cases: [string, string | undefined, object, string, number, number][] = [
    ['404', undefined, {}, 'COMMAND-Mf0sd', 3, 400],
    ['404', second, {}, 'COMMAND-G8dh3', 5, 404],
    [await client.seed({ kind: 'machine' }), second, {}, 'COMMAND-G8dh3', 5, 404],
    [await client.seed({}, 'initial'), second, {}, 'COMMAND-M9dse', 9, 400],
    [none, second, { currentPassword: first }, 'COMMAND-3nJ4t', 9, 400],
    [id, first, { currentPassword: first }, 'COMMAND-Aesh5', 9, 400],
    [id, second, { verificationCode: 'ABCDEF' }, 'CRYPT-aqrFV', 3, 400],
    [id, 'Sh0rt!a', {}, 'DOMAIN-HuJf6', 3, 400],
  ];
  for (const [user, password, proof, errorId, code, status] of cases) {
    const reply = await set(client, user, password, proof);
    assert.deepEqual([reply.errorId, reply.body.code, reply.status], [errorId, code, status]);
  }
  await client.send('POST', `/v2/users/${id}/lock`, {});
  assert.equal((await set(client, id, second, { currentPassword: first })).errorId, 'COMMAND-JLK35');
  const both = await set(client, id, second, { currentPassword: first, verificationCode: 'A' });
  assert.match(both.body.message, /^currentPassword, verificationCode exclude each other/);
  const empty = await set(client, id, '');
  assert.match(empty.body.message, /^invalid SetPasswordRequest\.NewPassword: .*Password\.Password: value length/);
});
