import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { UserInput } from '#core/commands/user-input.ts';
import { probe } from './probe.ts';
import { type Client, startClient } from './test-client.ts';

const states = ['active', 'disabled', 'locked', 'initial'] as const;

/** Users as other dialects make them: what this wire asks for is missing, or in no form that it takes. */
const users: Readonly<Record<string, UserInput>> = {
  complete: {
    patch: {
      'profile.givenName': 'Minnie',
      'profile.familyName': 'Mouse',
      'profile.nickName': 'Mini',
      'profile.displayName': 'Minnie Mouse',
      'profile.gender': 'female',
      'profile.language': 'en',
    },
    email: { address: 'complete@mouse.com', verified: true },
    phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number', verified: true },
    password: { set: { plain: 'Secr3tP4ssw0rd!' }, rules: { minLength: 1, maxLength: 99 }, lockAfterAttempts: 0 },
  },
  'with nothing but a username': {},
  'with half a name': { patch: { 'profile.familyName': 'Mouse' } },
  'with unverified contacts': {
    email: { address: 'unverified@mouse.com' },
    phone: { number: '+14155550123', entered: '+1 415 555 0123', sameBy: 'number' },
  },
  'with an address that this wire refuses': { email: { address: 'mini@möuse.example', verified: true } },
  'with a phone that is no number': { phone: { entered: 'ask my secretary', sameBy: 'entered' } },
  'with a phone that is a number in Switzerland alone': { phone: { entered: '044 668 18 00', sameBy: 'entered' } },
  'with a long language': { patch: { 'profile.language': 'ca-ES-valencia' } },
};

async function echoes(client: Client, input: UserInput, state: (typeof states)[number]): Promise<void> {
  const { origin, token } = client.server;
  const id = await client.seed(input, state);
  const before = await client.send('GET', `/v2/users/${id}`);
  client.server.clock.advance(1000);
  await probe.echo({ origin, token }, id);
  assert.deepEqual((await client.send('GET', `/v2/users/${id}`)).body, before.body);
}

for (const [who, input] of Object.entries(users)) {
  test(`a user ${who}, sent back as it is shown, is not changed`, async (t: TestContext) => {
    const client = await startClient(t);
    for (const state of states) {
      const email = input.email && { email: { ...input.email, address: `${state}.${input.email.address}` } };
      const expected = state === 'initial' ? { ...input, password: undefined } : input;
      const { password, ...rest } = expected;
      await t.test(state, () => echoes(client, { ...rest, ...(password && { password }), ...email }, state));
    }
    assert.equal(await client.messages(), 0);
  });
}

test('an administrator, sent back as it is shown, stays one', async (t) => {
  const client = await startClient(t);
  await probe.echo(client.server, '1');
  assert.equal((await client.read('1')).details.sequence, (await client.read('1')).details.sequence);
  assert.equal((await client.put('1', {})).status, 200);
});

test('only what is equal is excused', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ phone: { entered: 'ask my secretary', sameBy: 'entered' } });
  assert.equal((await client.put(id, { phone: { phone: 'ask my secretary' }, username: 'changed' })).status, 200);
  assert.equal((await client.put(id, { phone: { phone: 'ask somebody else' } })).errorId, 'PHONE-so0wa');
  const both = await client.put(id, { profile: {}, phone: { phone: 'ask somebody else' } });
  assert.equal(both.errorId, 'PHONE-so0wa');
  assert.equal((await client.put(id, { phone: { phone: 'ask my secretary', isVerified: true } })).status, 200);
  assert.deepEqual((await client.read(id)).human.phone, { phone: 'ask my secretary', isVerified: true });
});

test('a user without names takes the rest of a profile; one with names is not emptied', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  assert.equal((await client.put(id, { profile: { nickName: 'Mini' } })).status, 200);
  assert.deepEqual((await client.read(id)).human.profile, { nickName: 'Mini' });
  await client.put(id, { profile: { givenName: 'Minnie', familyName: 'Mouse' } });
  assert.equal((await client.put(id, { profile: { nickName: 'M' } })).status, 400);
});

test('an excuse holds for the version that it was made on', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ phone: { entered: 'ask my secretary', sameBy: 'entered' } });
  const echo = { phone: { phone: 'ask my secretary' }, profile: { nickName: 'Mini' } };
  const rivals = Array.from({ length: 5 }, (_, index) => client.put(id, { username: `rival-${index}` }));
  const replies = await Promise.all([client.put(id, echo), ...rivals, client.put(id, echo)]);
  assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
});

test('who may not read the user is told what is wrong with the body', async (t) => {
  const client = await startClient(t);
  const [id, other] = [await client.seed(), await client.seed()];
  const reply = await client.put(other, { profile: {} }, await client.as(id));
  assert.match(reply.body.message, /SetHumanProfile\.GivenName/);
  assert.match((await client.put('404', { profile: {} })).body.message, /SetHumanProfile\.GivenName/);
});
