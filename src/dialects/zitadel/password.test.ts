import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashSync } from '@node-rs/argon2';
import { type Client, startClient } from './test-client.ts';

const first = 'Secr3tP4ssw0rd!';
const second = 'An0ther!Secret';
const bcrypt = '$2a$12$lJ08fqVr8bFJilRVnDT9QeULI7YW.nT3iwUv6dyg0aCrfm3UY8XR2';

const setTo = (password: string, more: object = {}) => ({ password: { password: { password }, ...more } });
const withProof = (proof: object, password = second) => setTo(password, proof);

async function withPassword(client: Client): Promise<string> {
  const id = await client.seed();
  assert.equal((await client.put(id, setTo(first))).status, 200);
  return id;
}

async function resetCode(client: Client, id: string): Promise<string> {
  return (await client.send('POST', `/v2/users/${id}/password_reset`, { returnCode: {} })).body.verificationCode;
}

/** Whether this is the password now: the user may set it anew by it. */
async function isPassword(client: Client, id: string, password: string): Promise<boolean> {
  const reply = await client.put(id, withProof({ currentPassword: password }, `${password}x`), await client.as(id));
  return reply.status === 200;
}

test('an administrator sets a password without proof; changeRequired shows', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const required = { password: { password: { password: first, changeRequired: true } } };
  assert.equal((await client.put(id, required)).status, 200);
  const shown = (await client.read(id)).human;
  assert.deepEqual([shown.passwordChangeRequired, shown.passwordChanged], [true, '2026-11-21T10:00:00Z']);
  assert.equal((await client.put(id, setTo(second))).status, 200);
  assert.equal((await client.read(id)).human.passwordChangeRequired, undefined);
  assert.ok(await isPassword(client, id, second));
});

test('a user sets its own password by the current one or by a code, never without', async (t) => {
  const client = await startClient(t);
  const id = await withPassword(client);
  const refused = await client.put(id, setTo(second), await client.as(id));
  assert.deepEqual([refused.status, refused.errorId], [404, 'AUTHZ-cdgFk']);
  assert.equal((await client.put(id, withProof({ currentPassword: first }), await client.as(id))).status, 200);
  const code = await resetCode(client, id);
  const byCode = withProof({ verificationCode: code }, first);
  assert.equal((await client.put(id, byCode, await client.as(id))).status, 200);
  assert.ok(await isPassword(client, id, first));
  assert.equal((await client.put(id, byCode)).errorId, 'CRYPT-aqrFV');
});

test('a wrong current password is counted and told, also after a refusal; a right one starts anew', async (t) => {
  const client = await startClient(t);
  const id = await withPassword(client);
  for (const failedAttempts of [1, 2, 3, 4]) {
    const { status, body } = await client.put(id, withProof({ currentPassword: 'wrong' }));
    const text = 'Password is invalid';
    const type = 'type.googleapis.com/zitadel.v1.CredentialsCheckError';
    const details = [{ '@type': type, id: 'COMMAND-3M0fs', message: text, failedAttempts }];
    assert.deepEqual([status, body], [400, { code: 3, message: `${text} (COMMAND-3M0fs)`, details }]);
  }
  assert.equal((await client.read(id)).state, 'USER_STATE_ACTIVE');
  assert.equal((await client.put(id, withProof({ currentPassword: first }))).status, 200);
  const again = await client.put(id, withProof({ currentPassword: 'wrong' }));
  assert.equal(again.body.details[0].failedAttempts, 1);
});

test('nothing else of a refused update stays', async (t) => {
  const client = await startClient(t);
  const id = await withPassword(client);
  await client.put(id, { username: 'renamed', ...withProof({ currentPassword: 'wrong' }) });
  assert.notEqual((await client.read(id)).username, 'renamed');
});

test('each refusal has its id', async (t) => {
  const client = await startClient(t);
  const id = await withPassword(client);
  const none = await client.seed();
  const initial = await client.seed({}, 'initial');
  const cases: [string, object, string, number, number?][] = [
    [id, { password: {} }, 'COMMAND-3klek4sbns', 3],
    [id, { password: { currentPassword: first } }, 'COMMAND-3klek4sbns', 3],
    [id, withProof({ currentPassword: first }, first), 'COMMAND-Aesh5', 9],
    [id, withProof({ verificationCode: 'ABCDEF' }), 'CRYPT-aqrFV', 3],
    [none, withProof({ currentPassword: first }), 'COMMAND-3nJ4t', 9],
    [initial, setTo(first), 'COMMAND-M9dse', 9],
    [id, setTo('Sh0rt!a'), 'DOMAIN-HuJf6', 3],
    [id, setTo('SECR3TP4SSW0RD!'), 'DOMAIN-co3Xw', 3],
    [id, setTo('secr3tp4ssw0rd!'), 'DOMAIN-VoaRj', 3],
    [id, setTo('SecretPassword!'), 'DOMAIN-ZBv4H', 3],
    [id, setTo('Secr3tP4ssw0rd'), 'DOMAIN-ZDLwA', 3],
    [id, { password: { hashedPassword: { hash: 'plain' } } }, 'CRYPT-2xK7d', 3],
    [id, { password: { hashedPassword: { hash: bcrypt.replace('$12$', '$31$') } } }, 'CRYPT-5uV9n', 3],
    [id, { password: { hashedPassword: { hash: bcrypt.slice(0, 20) } } }, 'CRYPT-r8Qm2', 3],
    ['4711', { password: { hashedPassword: { hash: 'plain' } } }, 'CRYPT-2xK7d', 3],
    [id, { password: { hashedPassword: { hash: 'plain' }, currentPassword: 'wrong' } }, 'CRYPT-2xK7d', 3],
  ];
  for (const [user, body, errorId, code, status = 400] of cases) {
    const reply = await client.put(user, body);
    assert.deepEqual([reply.errorId, reply.body.code, reply.status], [errorId, code, status], JSON.stringify(body));
  }
});

test('a code that is wrong or has expired', async (t) => {
  const client = await startClient(t);
  const id = await withPassword(client);
  const verificationCode = await resetCode(client, id);
  const wrong = verificationCode === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA';
  assert.equal((await client.put(id, withProof({ verificationCode: wrong }))).errorId, 'CODE-woT0xc');
  client.server.clock.advance(3_600_001);
  const expired = await client.put(id, withProof({ verificationCode }));
  assert.deepEqual([expired.errorId, expired.body.code], ['CODE-QvUQ4P', 9]);
});

test('the current password of a locked user is not asked for', async (t) => {
  const client = await startClient(t);
  const id = await withPassword(client);
  await client.send('POST', `/v2/users/${id}/lock`, {});
  const reply = await client.put(id, withProof({ currentPassword: first }));
  assert.deepEqual([reply.errorId, reply.body.code], ['COMMAND-JLK35', 9]);
});

test('length counts bytes', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  assert.equal((await client.put(id, setTo('Aa1!öö'))).status, 200);
  assert.equal((await client.put(id, setTo('Aa1!öo'))).errorId, 'DOMAIN-HuJf6');
});

test('hashes made elsewhere, by bcrypt and argon2id, are taken over and open the account', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const argon = hashSync(first, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  for (const hash of [argon, bcrypt]) {
    const reply = await client.put(id, { password: { hashedPassword: { hash, changeRequired: true } } });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.equal((await client.read(id)).human.passwordChangeRequired, true);
    if (hash === argon) assert.ok(await isPassword(client, id, first));
  }
});

test('a password set anew ends the code for it, and is a change each time', async (t) => {
  const client = await startClient(t);
  const id = await withPassword(client);
  const verificationCode = await resetCode(client, id);
  const { body } = await client.put(id, setTo(second));
  assert.equal(body.details.sequence, '3');
  assert.equal((await client.put(id, setTo(second))).body.details.sequence, '4');
  assert.equal((await client.put(id, withProof({ verificationCode }, first))).errorId, 'CRYPT-aqrFV');
});
