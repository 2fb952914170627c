import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { epochMsOf } from '#core/instant.ts';
import { type Body, type Client, type Reply, startClient } from './test-client.ts';

const stepMs = 30_000;
const importedSecret = 'gezd gnbv gy3t qojq gezd gnbv gy3t qojq';

interface Enrolling extends Client {
  readonly id: string;
  register(headers?: Record<string, string>, user?: string): Promise<Reply>;
  verify(code: string, headers?: Record<string, string>, user?: string): Promise<Reply>;
  remove(headers?: Record<string, string>, user?: string): Promise<Reply>;
  methods(user?: string): Promise<Body>;
  factors(body?: object): Promise<Body>;
  /** What the user's app shows so many milliseconds from now. */
  shown(secret: string, inMs?: number): string;
}

async function start(t: TestContext): Promise<Enrolling> {
  const client = await startClient(t);
  const id = await client.seed({ patch: { username: 'minnie' } });
  const { send, server } = client;
  const call = (
    method: string,
    path: string,
    body: object | undefined,
    headers: Record<string, string>,
    user: string,
  ) => send(method, `/v2/users/${user}/${path}`, body, headers);
  return {
    ...client,
    id,
    register: (headers = {}, user = id) => call('POST', 'totp', {}, headers, user),
    verify: (code, headers = {}, user = id) => call('POST', 'totp/verify', { code }, headers, user),
    remove: (headers = {}, user = id) => call('DELETE', 'totp', undefined, headers, user),
    methods: async (user = id) => (await call('GET', 'authentication_methods', undefined, {}, user)).body,
    factors: async (body = {}) => (await call('POST', 'authentication_factors/_search', body, {}, id)).body,
    shown: (secret, inMs = 0) =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: epochMsOf(server.clock.now()) + inMs }),
  };
}

const ready = { state: 'AUTH_FACTOR_STATE_READY', otp: {} };
const notReady = { state: 'AUTH_FACTOR_STATE_NOT_READY', otp: {} };

test('an authenticator app is registered, works after its first code, and is removed', async (t) => {
  const client = await start(t);
  const self = await client.as(client.id);
  const { status, body } = await client.register(self);
  assert.deepEqual([status, Object.keys(body), body.details.sequence], [200, ['details', 'uri', 'secret'], '2']);
  assert.match(body.secret, /^[A-Z2-7]{32}$/);
  const query = `issuer=main&secret=${body.secret}&algorithm=SHA1&digits=6&period=30`;
  assert.equal(body.uri, `otpauth://totp/main:minnie?${query}`);
  assert.equal((await client.methods()).authMethodTypes, undefined, 'it does not work yet');

  const verified = await client.verify(client.shown(body.secret), self);
  assert.deepEqual([verified.status, verified.body.details.sequence], [200, '3']);
  assert.deepEqual((await client.methods()).authMethodTypes, ['AUTHENTICATION_METHOD_TYPE_TOTP']);

  const removed = await client.remove(self);
  assert.deepEqual([removed.status, removed.body.details.sequence], [200, '4']);
  assert.equal((await client.methods()).authMethodTypes, undefined);
});

test('history has when it was set and removed, and nothing has the secret but the answer', async (t) => {
  const client = await start(t);
  const { secret } = (await client.register()).body;
  client.server.clock.advance(1000);
  await client.verify(client.shown(secret));
  await client.remove();
  const key = (await client.server.directory.resolve('zitadel', client.id)) ?? 0;
  const changes = await client.server.store.changesOf('user', key, { after: 1 });
  const [pendingAt, setAt] = ['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:01.000Z'];
  assert.deepEqual(
    changes.map((change) => [change.command, change.changes]),
    [
      ['register-totp', { 'totp.pendingAt': { before: null, after: pendingAt } }],
      [
        'verify-totp',
        { 'totp.pendingAt': { before: pendingAt, after: null }, 'totp.setAt': { before: null, after: setAt } },
      ],
      ['remove-totp', { 'totp.setAt': { before: setAt, after: null } }],
    ],
  );
  const { secret: sealedOne } = (await client.register()).body;
  const { secrets } = await client.server.store.load({ secretsOf: [key] });
  assert.equal(secrets.get(key)?.[0]?.name, 'totp');
  const everything = JSON.stringify([[...secrets], await client.read(client.id), changes]);
  assert.ok(!everything.includes(sealedOne) && !everything.includes(secret));
});

test('a code holds one step early or late, and no longer; spaces around it are nothing', async (t) => {
  for (const [away, status] of [
    [-2, 400],
    [-1, 200],
    [1, 200],
    [2, 400],
  ] as const) {
    await t.test(`${away} steps away`, async (t) => {
      const client = await start(t);
      const { secret } = (await client.register()).body;
      const reply = await client.verify(` ${client.shown(secret, away * stepMs)} `);
      assert.deepEqual([reply.status, reply.errorId], [status, status === 200 ? undefined : 'EVENT-8isk2']);
    });
  }
});

test('registering again takes the place of an app that still waits for its first code', async (t) => {
  const client = await start(t);
  const [first, second] = [(await client.register()).body.secret, (await client.register()).body.secret];
  assert.notEqual(first, second);
  assert.equal((await client.verify(client.shown(first))).errorId, 'EVENT-8isk2');
  assert.equal((await client.verify(client.shown(second))).status, 200);
});

test('the tenth wrong code ends the registration', async (t) => {
  const client = await start(t);
  for (const wrongOnes of [10, 9]) {
    const { secret } = (await client.register()).body;
    const wrong = client.shown(secret, 10 * stepMs);
    for (let count = 0; count < wrongOnes; count++) assert.equal((await client.verify(wrong)).errorId, 'EVENT-8isk2');
    const { status, errorId } = await client.verify(client.shown(secret));
    assert.deepEqual([status, errorId], wrongOnes === 10 ? [404, 'COMMAND-3Mif9s'] : [200, undefined]);
    if (wrongOnes === 10) assert.deepEqual(await client.factors({ states: [1, 2] }), {});
  }
});

test('each refusal has its id and changes nothing', async (t) => {
  const client = await start(t);
  const other = await client.as(await client.seed());
  const machine = await client.seed({ kind: 'machine' });
  const told = async (reply: Promise<Reply>) => {
    const { status, body, errorId } = await reply;
    return [status, body.code, errorId];
  };
  assert.deepEqual(await told(client.verify('123456')), [404, 5, 'COMMAND-3Mif9s']);
  assert.deepEqual(await told(client.remove()), [404, 5, 'COMMAND-Hd9sd']);
  assert.deepEqual(await told(client.register({}, '404')), [400, 9, 'COMMAND-SqyJz']);
  assert.deepEqual(await told(client.register({}, machine)), [400, 9, 'COMMAND-SqyJz']);
  assert.deepEqual(await told(client.verify('123456', {}, '404')), [404, 5, 'COMMAND-3Mif9s']);
  assert.deepEqual(await told(client.remove({}, '404')), [404, 5, 'COMMAND-Hd9sd']);
  for (const refused of [client.register(other), client.verify('1', other), client.remove(other)]) {
    assert.deepEqual(await told(refused), [404, 5, 'AUTHZ-cdgFk']);
  }
  assert.match((await client.verify('')).body.message, /VerifyTOTPRegistrationRequest.Code: value length must be/);
  const { secret } = (await client.register()).body;
  await client.verify(client.shown(secret));
  const before = await client.read(client.id);
  assert.deepEqual(await told(client.register()), [409, 6, 'COMMAND-do9se']);
  assert.deepEqual(await told(client.verify(client.shown(secret))), [400, 9, 'COMMAND-qx4ls']);
  assert.deepEqual(await client.read(client.id), before);
});

test('a dry run registers and verifies nothing, and tells no secret', async (t) => {
  const client = await start(t);
  const dry = { 'muster-dry-run': 'true' };
  assert.deepEqual(Object.keys((await client.register(dry)).body), ['details']);
  assert.equal((await client.remove()).errorId, 'COMMAND-Hd9sd');
  const { secret } = (await client.register()).body;
  assert.equal((await client.verify('000000', dry)).status, 200);
  assert.deepEqual(await client.factors(), {});
  assert.equal((await client.verify(client.shown(secret))).status, 200);
});

test('deleting a user forgets its app', async (t) => {
  const client = await start(t);
  const { secret } = (await client.register()).body;
  await client.verify(client.shown(secret));
  const key = (await client.server.directory.resolve('zitadel', client.id)) ?? 0;
  await client.send('DELETE', `/v2/users/${client.id}`);
  const { secrets, users } = await client.server.store.load({ secretsOf: [key], users: [key] });
  assert.deepEqual([secrets.get(key) ?? [], users.get(key)?.fields['totp.setAt']], [[], undefined]);
});

test('AddHumanUser takes over an app that a user has already', async (t) => {
  const client = await start(t);
  const person = { profile: { givenName: 'Max', familyName: 'Mouse' }, email: { email: 'max@mouse.com' } };
  const wrong = await client.send('POST', '/v2/users/human', { ...person, totpSecret: 'not base32!' });
  assert.deepEqual([wrong.status, wrong.body.code], [400, 3]);
  assert.match(wrong.body.message, /^totpSecret must be base32/);
  const { body } = await client.send('POST', '/v2/users/human', { ...person, totpSecret: importedSecret });
  assert.deepEqual((await client.methods(body.userId)).authMethodTypes, ['AUTHENTICATION_METHOD_TYPE_TOTP']);
  assert.equal((await client.register({}, body.userId)).errorId, 'COMMAND-do9se');
  const key = (await client.server.directory.resolve('zitadel', body.userId)) ?? 0;
  const { secrets } = await client.server.store.load({ secretsOf: [key] });
  assert.equal(secrets.get(key)?.find(({ name }) => name === 'totp')?.name, 'totp');
  assert.ok(!JSON.stringify([...secrets]).includes('GEZDGNBV'));
  assert.equal((await client.remove({}, body.userId)).status, 200);
});

test('the methods of a user: its password, its app, and how many', async (t) => {
  const client = await start(t);
  const none = await client.methods();
  assert.deepEqual(none, { details: { processedSequence: '1', timestamp: '2026-11-21T10:00:00Z' } });
  await client.put(client.id, { password: { password: { password: 'Secr3tP4ssw0rd!' } } });
  await client.verify(client.shown((await client.register()).body.secret));
  const { details, authMethodTypes } = await client.methods();
  assert.deepEqual(authMethodTypes, ['AUTHENTICATION_METHOD_TYPE_PASSWORD', 'AUTHENTICATION_METHOD_TYPE_TOTP']);
  assert.deepEqual([details.totalResult, details.processedSequence], ['2', '4']);
  const path = (id: string) => `/v2/users/${id}/authentication_methods`;
  assert.equal((await client.send('GET', path('404'))).errorId, 'QUERY-Dfbg2');
  const other = await client.as(await client.seed());
  assert.equal((await client.send('GET', path(client.id), undefined, other)).errorId, 'AUTHZ-cdgFk');
});

test('the factors of a user, by kind and state: those that work unless others are asked for', async (t) => {
  const client = await start(t);
  assert.deepEqual(await client.factors(), {});
  const { secret } = (await client.register()).body;
  assert.deepEqual(await client.factors(), {});
  assert.deepEqual(await client.factors({ states: ['AUTH_FACTOR_STATE_NOT_READY'] }), { result: [notReady] });
  await client.verify(client.shown(secret));
  assert.deepEqual(await client.factors(), { result: [ready] });
  assert.deepEqual(await client.factors({ authFactors: ['U2F', 'OTP'] }), { result: [ready] });
  assert.deepEqual(await client.factors({ authFactors: ['U2F', 'OTP_SMS', 'OTP_EMAIL'] }), {});
  assert.deepEqual(await client.factors({ states: ['AUTH_FACTOR_STATE_NOT_READY'] }), {});
  const other = await client.as(await client.seed());
  const path = (user: string) => `/v2/users/${user}/authentication_factors/_search`;
  assert.equal((await client.send('POST', path(client.id), {}, other)).errorId, 'AUTHZ-cdgFk');
  assert.equal((await client.send('POST', path('404'), {})).errorId, 'QUERY-Dfbg2');
});

test('that a second factor was declined is kept, by the user itself too', async (t) => {
  const client = await start(t);
  const skip = (user = client.id, headers = {}) =>
    client.send('POST', `/v2/users/${user}/mfa_init_skipped`, {}, headers);
  assert.equal((await client.read(client.id)).human.mfaInitSkipped, undefined);
  client.server.clock.advance(1500);
  const { status, body } = await skip(client.id, await client.as(client.id));
  assert.deepEqual([status, body.details.sequence], [200, '2']);
  assert.equal((await client.read(client.id)).human.mfaInitSkipped, '2026-11-21T10:00:01.500Z');
  client.server.clock.advance(1000);
  await skip();
  assert.equal((await client.read(client.id)).human.mfaInitSkipped, '2026-11-21T10:00:02.500Z');
  const missing = await skip('404');
  assert.deepEqual([missing.status, missing.errorId], [404, 'COMMAND-auj6jeBei4']);
  assert.equal((await skip(await client.seed({ kind: 'machine' }))).errorId, 'COMMAND-auj6jeBei4');
  assert.equal((await skip(client.id, await client.as(await client.seed()))).errorId, 'AUTHZ-cdgFk');
});
