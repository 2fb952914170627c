import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import type { Call } from '#dialects/probe.ts';
import { openApp, withPassword } from './oauth/test-app.ts';
import { probe } from './probe.ts';
import { type AccelaServer, startAccela } from './start-accela.ts';

let server: AccelaServer;
before(async () => {
  server = await startAccela();
});
after(() => server.close());

const whole: Partial<CreateUserInput> = {
  patch: {
    acceptsTextMessages: false,
    registeredAt: '2015-02-09T16:23:58.789Z',
    'extensions.accela.role': 'CITIZEN',
  },
  email: { address: 'mini@mouse.com', verified: true },
  phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number', verified: true },
  securityQuestions: [{ question: 'First pet?', order: '1', answer: 'Rex' }, { question: 'First car?' }],
};
const states: readonly Partial<CreateUserInput>[] = [
  {},
  { lifecycle: 'initial' },
  { state: { locked: true } },
  { state: { disabled: true } },
  { state: { locked: true, disabled: true } },
];
const users: readonly Partial<CreateUserInput>[] = [
  {},
  whole,
  { phone: { entered: 'ask mum: 079', sameBy: 'entered' } },
  { phone: { entered: '5551234567', sameBy: 'entered' } },
  { phone: { number: '+9991234567', entered: '999', sameBy: 'entered' } },
  { phone: { number: '+15551234567', entered: '+15551234567', sameBy: 'number' } },
  { email: { address: 'm\u00fcller@b\u00fccher.example' } },
];

test('what a read shows, sent back, changes nothing, whatever the user has and is', async () => {
  for (const [state, input] of states.flatMap((state) => users.map((user) => [state, user] as const))) {
    const user = await server.create({ ...input, ...state });
    const id = user.ids['accela'] ?? '';
    const shown = await probe.read(server, id);
    await probe.echo(server, id);
    assert.deepEqual(await probe.read(server, id), shown);
    assert.deepEqual(await server.present(user), user, JSON.stringify([state, input]));
    assert.equal((await server.store.changesOf('user', user.key)).length, 1);
  }
});

test('each member of what a read shows may be sent back alone', async () => {
  const user = await server.create({
    ...whole,
    patch: { ...whole.patch, username: 'piecewise', 'loginNames.accela': 'piece by piece' },
  });
  const shown = await probe.read(server, user.ids['accela'] ?? '');
  for (const [member, value] of Object.entries(shown)) {
    const { status, headers } = await server.put(user, { [member]: value as string });
    assert.deepEqual([status, headers.get('etag')], [200, '"1"'], member);
  }
});

test('a citizen may send back what it is shown of itself', async () => {
  const user = await server.create({ ...whole, patch: { ...whole.patch, username: 'own' } });
  await probe.echo({ origin: server.origin, token: await server.tokenOf(user) }, user.ids['accela'] ?? '');
  assert.equal((await server.present(user)).version, 1);
});

test('the probe creates, reads, updates and echoes, with a token of the directory and with one that an app has got', async () => {
  const clerk = await server.create({ ...withPassword, administers: { accela: true } });
  const { access_token: token } = await (await openApp(server)).signIn(clerk);
  await exercise({ origin: server.origin, token }, 'by-app');
  await exercise(server, 'by-token');
});

async function exercise(call: Call, username: string): Promise<void> {
  const given = { username, email: 'mini@mouse.com', phone: '9255518131', password: 'correct horse' };
  const id = await probe.create?.(call, given);
  assert.ok(id !== undefined);
  const { email, loginName, mobilePhone } = await probe.read(call, id);
  assert.deepEqual([loginName, email, mobilePhone], [username, 'mini@mouse.com', '9255518131']);
  await probe.update(call, id, { username: `${username}-2`, email: 'new@mouse.com', phone: '9255518132' });
  const after = await probe.read(call, id);
  assert.deepEqual(
    [after['loginName'], after['email'], after['mobilePhone']],
    [`${username}-2`, 'new@mouse.com', '9255518132'],
  );
  await probe.echo(call, id);
  assert.deepEqual(await probe.read(call, id), after);
  await assert.rejects(probe.read(call, '999999'), { name: 'ProbeError', status: 404 });
}
