import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserInput } from '#core/commands/user-input.ts';
import { type Client, startClient } from './test-client.ts';

const contacts = [
  { name: 'email', old: 'old@mouse.com', fresh: 'mini@mouse.com', shown: 'mini@mouse.com', text: 'Email not changed' },
  { name: 'phone', old: '+41791234567', fresh: '079 765 43 21', shown: '+41797654321', text: 'Phone not changed' },
] as const;

const seeded: UserInput = {
  email: { address: 'old@mouse.com', verified: true },
  phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number', verified: true },
};

const post = (client: Client, id: string, path: string, body: object = {}, headers = {}) =>
  client.send('POST', `/v2/users/${id}/${path}`, body, headers);

for (const { name, old, fresh, shown, text } of contacts) {
  const set = (client: Client, id: string, body: object, headers = {}) => post(client, id, name, body, headers);

  test(`Set ${name}: verified, with a code returned, or with one sent`, async (t) => {
    const client = await startClient(t);
    const rows = [
      { verification: { isVerified: true }, verified: true, codes: 0, sent: 0 },
      { verification: { returnCode: {} }, codes: 1, sent: 0 },
      { verification: { sendCode: {} }, codes: 0, sent: 1 },
      { verification: {}, codes: 0, sent: 1 },
    ];
    for (const { verification, verified, codes, sent } of rows) {
      const id = await client.seed(seeded);
      const messages = await client.messages();
      const { status, body } = await set(client, id, { [name]: fresh, ...verification });
      assert.deepEqual([status, body.details.sequence], [200, '2']);
      assert.equal(/^[A-Z0-9]{6}$/.test(body.verificationCode ?? ''), codes === 1);
      assert.equal((await client.messages()) - messages, sent);
      const { human } = await client.read(id);
      assert.deepEqual(human[name], { [name]: shown, ...(verified && { isVerified: true }) });
    }
  });

  test(`Set ${name}: each refusal has its id`, async (t) => {
    const client = await startClient(t);
    const id = await client.seed(seeded);
    const initial = await client.seed({}, 'initial');
    const machine = await client.seed({ kind: 'machine' });
    for (const verification of [{}, { returnCode: {} }, { isVerified: true }]) {
      const unchanged = await set(client, id, { [name]: old, ...verification });
      assert.deepEqual([unchanged.status, unchanged.body.code, unchanged.errorId], [400, 9, 'COMMAND-Uch5e']);
      assert.equal(unchanged.body.message, `${text} (COMMAND-Uch5e)`);
    }
    const early = await set(client, initial, { [name]: fresh });
    assert.deepEqual([early.status, early.body.code, early.errorId], [400, 9, 'COMMAND-uz0Uu']);
    for (const missing of ['404', machine]) {
      const reply = await set(client, missing, { [name]: fresh });
      assert.deepEqual([reply.status, reply.body.code, reply.errorId], [404, 5, 'COMMAND-ieJ2e']);
    }
    const invalid = name === 'email' ? 'Mini <mini@mouse.com>' : '12';
    const refused = await set(client, '404', { [name]: invalid });
    assert.equal(refused.errorId, name === 'email' ? 'EMAIL-599GV' : 'PHONE-so0wa');
    const unverified = await set(client, id, { [name]: fresh, isVerified: false });
    assert.match(unverified.body.message, /IsVerified: value must equal true$/);
    assert.match((await set(client, id, { [name]: '' })).body.message, /value length must be between 1 and 200 runes/);
    assert.equal((await client.read(id)).details.sequence, '1');
  });

  test(`Set ${name}: the user itself may, but neither verify nor be handed the code`, async (t) => {
    const client = await startClient(t);
    const [id, other] = [await client.seed(seeded), await client.seed(seeded)];
    const self = await client.as(id);
    for (const verification of [{ returnCode: {} }, { isVerified: true }]) {
      assert.equal((await set(client, id, { [name]: fresh, ...verification }, self)).errorId, 'AUTHZ-cdgFk');
    }
    assert.equal((await set(client, other, { [name]: fresh }, self)).errorId, 'AUTHZ-cdgFk');
    assert.equal((await set(client, id, { [name]: fresh }, self)).status, 200);
  });
}

test('SetEmail sends the link of its template; one that does not parse is refused', async (t) => {
  const client = await startClient(t);
  const id = await client.seed(seeded);
  for (const [urlTemplate, errorId] of [
    ['{{', 'DOMAIN-oGh5e'],
    ['{{.No}}', 'DOMAIN-ieYa7'],
    ['https://example.com/{{.UserID}}/{{.Code}}', undefined],
  ] as const) {
    const reply = await post(client, id, 'email', { email: 'mini@mouse.com', sendCode: { urlTemplate } });
    assert.equal(reply.errorId, errorId);
  }
  assert.equal(await client.messages(), 1);
});

test('RemovePhone takes the number away, once', async (t) => {
  const client = await startClient(t);
  const [id, other] = [await client.seed(seeded), await client.seed(seeded)];
  const remove = (user: string, headers = {}) => client.send('DELETE', `/v2/users/${user}/phone`, undefined, headers);
  const self = await client.as(id);
  assert.equal((await remove(other, self)).errorId, 'AUTHZ-cdgFk');
  const { status, body } = await remove(id, self);
  assert.deepEqual([status, Object.keys(body), body.details.sequence], [200, ['details'], '2']);
  assert.deepEqual((await client.read(id)).human.phone, {});
  const again = await remove(id);
  assert.deepEqual([again.status, again.body.code, again.errorId], [400, 9, 'COMMAND-ieJ2e']);
  assert.equal(again.body.message, 'Phone not found (COMMAND-ieJ2e)');
  assert.equal((await remove(await client.seed({}, 'initial'))).errorId, 'COMMAND-uz0Uu');
  for (const missing of ['404', await client.seed({ kind: 'machine' })]) {
    const reply = await remove(missing);
    assert.deepEqual([reply.status, reply.errorId], [404, 'COMMAND-ieJ2e']);
  }
});

for (const { path, contact, first, noCode } of [
  { path: 'email/resend', contact: 'email', first: { email: 'mini@mouse.com' }, noCode: 'EMAIL-5w5ilin4yt' },
  { path: 'email/send', contact: 'email', first: { email: 'mini@mouse.com' }, noCode: undefined },
  { path: 'phone/resend', contact: 'phone', first: { phone: '+41797654321' }, noCode: 'PHONE-5xrra88eq8' },
]) {
  test(`${path}: a new code in the place of the last, sent or returned`, async (t) => {
    const client = await startClient(t);
    const [id, other] = [await client.seed(seeded), await client.seed(seeded)];
    const none = await post(client, id, path);
    const expected = noCode === undefined ? [200, undefined, undefined] : [400, 9, noCode];
    assert.deepEqual([none.status, none.body.code, none.errorId], expected);
    const former = await post(client, id, contact, { ...first, returnCode: {} });
    const messages = await client.messages();
    for (const body of [{}, { sendCode: {} }]) {
      const sent = await post(client, id, path, body);
      assert.deepEqual([sent.status, Object.keys(sent.body)], [200, ['details']]);
      assert.deepEqual(sent.body.details, former.body.details);
    }
    assert.equal((await client.messages()) - messages, 2);
    const { verificationCode } = (await post(client, id, path, { returnCode: {} })).body;
    assert.match(verificationCode, /^[A-Z0-9]{6}$/);
    const verify = (code: string) => post(client, id, `${contact}/verify`, { verificationCode: code });
    assert.equal((await verify(former.body.verificationCode)).errorId, 'COMMAND-eis9R');
    assert.equal((await verify(verificationCode)).status, 200);
    // A code that has been used is there no longer.
    assert.equal((await post(client, id, path)).errorId, noCode);
    const self = await client.as(id);
    assert.equal((await post(client, id, path, { returnCode: {} }, self)).errorId, 'AUTHZ-cdgFk');
    assert.equal((await post(client, other, path, {}, self)).errorId, 'AUTHZ-cdgFk');
    assert.equal((await post(client, '404', path)).errorId, 'COMMAND-ieJ2e');
    assert.equal((await post(client, await client.seed({ kind: 'machine' }), path)).errorId, 'COMMAND-ieJ2e');
    assert.equal((await post(client, await client.seed({}, 'initial'), path)).errorId, 'COMMAND-uz0Uu');
  });
}

test('a code that has expired can be asked for again, also when the store has been cleaned up', async (t) => {
  const client = await startClient(t);
  const id = await client.seed(seeded);
  await post(client, id, 'email', { email: 'mini@mouse.com' });
  client.server.clock.advance(7 * 24 * 3_600_000);
  await client.server.store.prune(client.server.clock.now());
  const { body } = await post(client, id, 'email/resend', { returnCode: {} });
  const { verificationCode } = body;
  assert.equal((await post(client, id, 'email/verify', { verificationCode })).status, 200);
});

test('a code for a mail address is sent with the link of the template', async (t) => {
  const client = await startClient(t);
  const id = await client.seed(seeded);
  for (const path of ['email/send', 'email/resend']) {
    const refused = await post(client, id, path, { sendCode: { urlTemplate: '{{.No}}' } });
    assert.equal(refused.errorId, 'DOMAIN-ieYa7');
    assert.equal((await post(client, id, path, { sendCode: { urlTemplate: 'https://e.org/{{.Code}}' } })).status, 200);
  }
  assert.equal(await client.messages(), 2);
});

test('machines have no address, number or password to verify or reset', async (t) => {
  const client = await startClient(t);
  const machine = await client.seed({ kind: 'machine' });
  for (const [path, errorId] of [
    ['email/verify', 'COMMAND-ieJ2e'],
    ['phone/verify', 'COMMAND-ieJ2e'],
    ['password_reset', 'COMMAND-SAF4f'],
  ] as const) {
    assert.equal((await post(client, machine, path, { verificationCode: 'A' })).errorId, errorId);
  }
});
