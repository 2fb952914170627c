import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { type Client, type Reply, startClient } from './test-client.ts';

const hourMs = 3_600_000;
const password = {
  set: { plain: 'Secr3tP4ssw0rd!' },
  rules: { minLength: 8, maxLength: 200 },
  lockAfterAttempts: 0,
} as const;

interface Invited extends Client {
  readonly id: string;
  invite(body?: object, headers?: Record<string, string>, user?: string): Promise<Reply>;
  resend(headers?: Record<string, string>, user?: string): Promise<Reply>;
  verify(verificationCode: string, headers?: Record<string, string>, user?: string): Promise<Reply>;
  /** The texts of the messages to the user, newest first. */
  texts(): Promise<readonly string[]>;
}

/** A server with a user who can be invited. */
async function start(t: TestContext): Promise<Invited> {
  const client = await startClient(t);
  const id = await client.seed({ email: { address: 'mini@mouse.com' } }, 'initial');
  const post = (path: string) => (body: object, headers: Record<string, string>, user: string) =>
    client.send('POST', `/v2/users/${user}/invite_code${path}`, body, headers);
  return {
    ...client,
    id,
    invite: (body = {}, headers = {}, user = id) => post('')(body, headers, user),
    resend: (headers = {}, user = id) => post('/resend')({}, headers, user),
    verify: (verificationCode, headers = {}, user = id) => post('/verify')({ verificationCode }, headers, user),
    texts: async () => {
      const owner = client.server.directory.as({ ...systemActor, realm: 1 }, { dialect: 'zitadel' });
      return (await owner.messages(10)).map(({ text = '' }) => text);
    },
  };
}

const codeIn = (text = ''): string => /\b[A-Z0-9]{6}\b/.exec(text)?.[0] ?? '';
const otherThan = (code: string): string => (code === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA');

test('an invitation is sent to the mail address, with the name of the application and its link', async (t) => {
  const { id, server, texts, ...client } = await start(t);
  const sendCode = { applicationName: 'Mouse House', urlTemplate: 'https://m.com/{{.UserID}}/{{.Code}}' };
  const { status, body } = await client.invite({ sendCode });
  assert.deepEqual([status, Object.keys(body)], [200, ['details']]);
  assert.equal(body.details.sequence, '1');
  const [message] = await server.store.messages(1, 10);
  assert.deepEqual([message?.channel, message?.to], ['email', 'mini@mouse.com']);
  const [text] = await texts();
  const code = codeIn(text);
  assert.match(text ?? '', new RegExp(`invitation to Mouse House is ${code}\\..*https://m\\.com/${id}/${code}`, 's'));
  await client.invite();
  assert.match((await texts())[0] ?? '', /invitation is [A-Z0-9]{6}\.(?!.*https:)/s);
});

test('accepting it verifies the address and makes an initial user active, once', async (t) => {
  const client = await start(t);
  await client.invite();
  const code = codeIn((await client.texts())[0]);
  assert.equal((await client.read(client.id)).state, 'USER_STATE_INITIAL');
  const { status, body } = await client.verify(code);
  assert.deepEqual([status, body.details.sequence], [200, '2']);
  const { state, human } = await client.read(client.id);
  assert.deepEqual([state, human.email.isVerified], ['USER_STATE_ACTIVE', true]);
  assert.equal((await client.verify(code)).errorId, 'COMMAND-Wgn4q');
});

test('a code is returned to administrators alone, and then no message goes out', async (t) => {
  const client = await start(t);
  const active = await client.seed({ email: { address: 'max@mouse.com' } });
  const { body } = await client.invite({ returnCode: {} }, {}, active);
  assert.match(body.inviteCode, /^[A-Z0-9]{6}$/);
  assert.equal(await client.messages(), 0);
  const self = await client.as(active);
  assert.equal((await client.invite({ returnCode: {} }, self, active)).errorId, 'AUTHZ-cdgFk');
  assert.equal((await client.invite({}, self, active)).errorId, 'AUTHZ-cdgFk');
  assert.equal((await client.verify(body.inviteCode, self, active)).status, 200);
});

test('a later code ends a former one; so does a verified address', async (t) => {
  const client = await start(t);
  const first = (await client.invite({ returnCode: {} })).body.inviteCode;
  const second = (await client.invite({ returnCode: {} })).body.inviteCode;
  assert.equal((await client.verify(first)).errorId, 'COMMAND-Wgn4q');
  const email = { email: { email: 'new@mouse.com', returnCode: {} } };
  const { emailCode } = (await client.put(client.id, email)).body;
  assert.equal((await client.verify(second)).errorId, 'COMMAND-Wgn4q', 'it was for another address');
  const third = (await client.invite({ returnCode: {} })).body.inviteCode;
  const verification = { verificationCode: emailCode };
  assert.equal((await client.send('POST', `/v2/users/${client.id}/email/verify`, verification)).status, 200);
  assert.equal((await client.verify(third)).errorId, 'COMMAND-Wgn4q');
  const fourth = (await client.invite({ returnCode: {} })).body.inviteCode;
  assert.equal((await client.verify(fourth)).status, 200);
});

test('it is sent again as it was, by the user itself too; but not when it was handed over, or never asked for', async (t) => {
  const client = await start(t);
  const active = await client.seed({ email: { address: 'max@mouse.com' } });
  const self = await client.as(active);
  assert.equal((await client.resend({}, active)).errorId, 'COMMAND-Wr3gq');
  await client.invite({ sendCode: { applicationName: 'Mouse House', urlTemplate: 'https://m.com' } }, {}, active);
  assert.equal((await client.resend(self, active)).status, 200);
  const [again, former] = await client.texts();
  assert.match(again ?? '', /invitation to Mouse House is \w{6}\..*https:\/\/m\.com/s);
  assert.notEqual(again, former);
  assert.equal((await client.verify(codeIn(former), {}, active)).errorId, 'COMMAND-Wgn4q');
  await client.invite({ returnCode: {} }, {}, active);
  const refused = await client.resend({}, active);
  assert.deepEqual([refused.status, refused.body.code, refused.errorId], [400, 9, 'COMMAND-Wr3gq']);
  assert.equal(await client.messages(), 2);
});

test('it holds for 72 hours', async (t) => {
  const client = await start(t);
  const { inviteCode } = (await client.invite({ returnCode: {} })).body;
  client.server.clock.advance(72 * hourMs);
  const late = await client.verify(inviteCode);
  assert.deepEqual([late.status, late.body.code, late.errorId], [400, 3, 'COMMAND-Wgn4q']);
  const renewed = (await client.invite({ returnCode: {} })).body.inviteCode;
  client.server.clock.advance(72 * hourMs - 1);
  assert.equal((await client.verify(renewed)).status, 200);
});

test('the third wrong code ends it', async (t) => {
  const client = await start(t);
  for (const wrongOnes of [2, 3]) {
    const { inviteCode } = (await client.invite({ returnCode: {} })).body;
    for (let count = 0; count < wrongOnes; count++) {
      const wrong = await client.verify(otherThan(inviteCode));
      assert.deepEqual([wrong.status, wrong.errorId], [400, 'COMMAND-Wgn4q']);
    }
    assert.equal((await client.verify(inviteCode)).status, wrongOnes === 2 ? 200 : 400);
  }
});

test('each refusal has its id, and makes no code', async (t) => {
  const client = await start(t);
  const machine = await client.seed({ kind: 'machine', email: { address: 'r@mouse.com' } });
  const settled = await client.seed({ email: { address: 'max@mouse.com' }, password });
  const silent = await client.seed();
  const cases: readonly (readonly [reply: Reply, id: string | undefined, code: number])[] = [
    [await client.invite({}, {}, '404'), 'COMMAND-Wgvn4', 9],
    [await client.invite({}, {}, machine), 'COMMAND-Wgvn4', 9],
    [await client.resend({}, '404'), 'COMMAND-H3b2a', 9],
    [await client.verify('ABCDEF', {}, '404'), 'COMMAND-F5g2h', 9],
    [await client.verify('ABCDEF'), 'COMMAND-Wgn4q', 3],
    [await client.invite({}, {}, settled), 'COMMAND-EF34g', 9],
    [await client.resend({}, settled), 'COMMAND-Gg42s', 9],
    [await client.invite({ returnCode: {} }, {}, silent), undefined, 9],
    [await client.invite({ sendCode: { urlTemplate: '{{.Nope}}' } }), 'DOMAIN-ieYa7', 3],
    [await client.invite({ sendCode: {}, returnCode: {} }), undefined, 3],
    [await client.invite({ sendCode: { applicationName: '' } }), undefined, 3],
    [await client.verify(''), undefined, 3],
  ];
  for (const [{ status, body, errorId }, id, code] of cases) {
    assert.deepEqual([status, errorId, body.code], [400, id, code], JSON.stringify(body));
  }
  assert.equal(await client.messages(), 0);
});

test('deleting the user ends the invitation; a dry run makes none', async (t) => {
  const client = await start(t);
  const { body } = await client.invite({ returnCode: {} }, { 'muster-dry-run': 'true' });
  assert.deepEqual(Object.keys(body), ['details']);
  assert.equal((await client.verify('AAAAAA')).errorId, 'COMMAND-Wgn4q');
  await client.invite();
  const key = (await client.server.directory.resolve('zitadel', client.id)) ?? 0;
  const secrets = async () => (await client.server.store.load({ secretsOf: [key] })).secrets.get(key) ?? [];
  assert.deepEqual(
    (await secrets()).map(({ name }) => name),
    ['code.invite'],
  );
  await client.send('DELETE', `/v2/users/${client.id}`);
  assert.deepEqual([await secrets(), await client.messages()], [[], 0]);
});
