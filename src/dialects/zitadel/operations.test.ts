import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, startClient } from './test-client.ts';

const person = { profile: { givenName: 'Minnie', familyName: 'Mouse' }, email: { email: 'mini@mouse.com' } };
const post = (client: Client, path: string, body: object = {}, headers = {}) =>
  client.send('POST', path, body, headers);
const add = (client: Client, body: object, headers = {}) => post(client, '/v2/users/human', body, headers);

test('AddHumanUser makes an active user, named by its address, with both names as display name', async (t) => {
  const client = await startClient(t);
  const names = { givenName: ' Minnie ', familyName: ' Mouse' };
  const { status, body } = await add(client, { profile: names, email: { email: 'mini@mouse.com' } });
  assert.deepEqual([status, Object.keys(body)], [200, ['userId', 'details']]);
  assert.equal(body.details.sequence, '1');
  const { state, username, human } = await client.read(body.userId);
  assert.deepEqual([state, username], ['USER_STATE_ACTIVE', 'mini@mouse.com']);
  assert.deepEqual(human.profile, { givenName: 'Minnie', familyName: 'Mouse', displayName: 'Minnie Mouse' });
  assert.equal(await client.messages(), 1);
});

test('AddHumanUser cuts the display name that it makes of two long names', async (t) => {
  const client = await startClient(t);
  const [givenName, familyName] = ['🐭'.repeat(199), 'M'.repeat(200)];
  const { status, body } = await add(client, { ...person, profile: { givenName, familyName } });
  assert.equal(status, 200);
  const { human } = await client.read(body.userId);
  assert.deepEqual(human.profile, { givenName, familyName, displayName: givenName });
});

test('AddHumanUser takes every member', async (t) => {
  const client = await startClient(t);
  const profile = {
    givenName: 'Minnie',
    familyName: 'Mouse',
    nickName: 'Mini',
    displayName: 'M. M.',
    preferredLanguage: 'en',
    gender: 'GENDER_FEMALE',
  };
  const { status, body } = await add(client, {
    userId: 'kept-id',
    username: ' minnie-mouse ',
    organization: { orgId: '1' },
    profile,
    email: { email: 'mini@mouse.com', returnCode: {} },
    phone: { phone: '079 123 45 67', returnCode: {} },
    password: { password: 'Secr3tP4ssw0rd!', changeRequired: true },
  });
  assert.deepEqual([status, body.userId], [200, 'kept-id']);
  assert.match(`${body.emailCode} ${body.phoneCode}`, /^[A-Z0-9]{6} [A-Z0-9]{6}$/);
  const { username, human } = await client.read('kept-id');
  assert.deepEqual([username, human.profile, human.passwordChangeRequired], ['minnie-mouse', profile, true]);
  assert.deepEqual([human.email, human.phone], [{ email: 'mini@mouse.com' }, { phone: '+41791234567' }]);
});

test('AddHumanUser: isVerified true verifies, false asks for no code', async (t) => {
  const client = await startClient(t);
  const verified = await add(client, { ...person, email: { email: 'a@mouse.com', isVerified: true } });
  assert.equal((await client.read(verified.body.userId)).human.email.isVerified, true);
  const unverified = await add(client, { ...person, email: { email: 'b@mouse.com', isVerified: false } });
  assert.equal((await client.read(unverified.body.userId)).human.email.isVerified, undefined);
  assert.equal(await client.messages(), 0);
});

test('AddHumanUser: each refusal has its id', async (t) => {
  const client = await startClient(t);
  await add(client, { ...person, userId: 'used' });
  const other = { ...person, email: { email: 'other@mouse.com' } };
  const profile = person.profile;
  const cases: [object, string | undefined, number, number][] = [
    [person, 'V3-DKcYh', 6, 409],
    [{ ...other, userId: 'used' }, 'COMMAND-7yiox1isql', 9, 400],
    [{ ...other, username: '  ' }, 'V2-zzad3', 3, 400],
    [{ ...other, profile: { ...profile, givenName: ' ' } }, 'USER-UCej2', 3, 400],
    [{ ...other, profile: { ...profile, familyName: ' ' } }, 'USER-4hB7d', 3, 400],
    [{ ...other, organization: { orgId: '7' } }, 'COMMA-095xh8fll1', 9, 400],
    [{ ...other, organization: { orgDomain: 'mouse.com' } }, 'COMMA-095xh8fll1', 9, 400],
    [{ ...other, password: { password: 'Sh0rt!a' } }, 'COMMA-HuJf6', 3, 400],
    [{ ...other, password: { password: 'SECR3TP4SSW0RD!' } }, 'COMMA-co3Xw', 3, 400],
    [{ ...other, password: { password: 'secr3tp4ssw0rd!' } }, 'COMMA-VoaRj', 3, 400],
    [{ ...other, password: { password: 'SecretPassword!' } }, 'COMMA-ZBv4H', 3, 400],
    [{ ...other, password: { password: 'Secr3tP4ssw0rd' } }, 'COMMA-ZDLwA', 3, 400],
    [{ ...other, phone: { phone: '12' } }, 'PHONE-so0wa', 3, 400],
    [{ ...other, email: { email: 'M <a@b.c>' } }, 'EMAIL-599GV', 3, 400],
    [{ ...other, email: { email: 'a@b.c', sendCode: { urlTemplate: '{{' } } }, 'DOMAIN-oGh5e', 3, 400],
    [{ ...other, metadata: [{ key: ' ', value: 'AQ==' }] }, 'USER-Drght', 3, 400],
    [{ ...other, idpLinks: [{ idpId: 'a', userId: 'b', userName: 'c' }] }, undefined, 12, 501],
    [{ ...other, totpSecret: 'a' }, undefined, 3, 400],
    [{ email: other.email }, undefined, 3, 400],
  ];
  for (const [body, errorId, code, status] of cases) {
    const reply = await add(client, body);
    assert.deepEqual([reply.errorId, reply.body.code, reply.status], [errorId, code, status], JSON.stringify(body));
  }
  const foreign = await add(client, other, { 'x-zitadel-orgid': '7' });
  assert.equal(foreign.errorId, 'COMMA-095xh8fll1');
  assert.equal((await add(client, { ...other, organization: { orgId: '1' } }, { 'x-zitadel-orgid': '7' })).status, 200);
  const self = await client.as('used');
  assert.deepEqual((await add(client, { ...person, username: 'x' }, self)).errorId, 'AUTHZ-cdgFk');
});

test('GetUserByID: the user itself and administrators; machines too', async (t) => {
  const client = await startClient(t);
  const [id, other] = [await client.seed(), await client.seed()];
  const missing = await client.send('GET', '/v2/users/404');
  assert.deepEqual([missing.status, missing.errorId], [404, 'QUERY-Dfbg2']);
  const self = await client.as(id);
  assert.equal((await client.send('GET', `/v2/users/${id}`, undefined, self)).status, 200);
  const refused = await client.send('GET', `/v2/users/${other}`, undefined, self);
  assert.deepEqual([refused.status, refused.errorId], [404, 'AUTHZ-cdgFk']);
  const machine = await client.read(await client.seed({ kind: 'machine', patch: { username: 'robot' } }));
  assert.deepEqual([machine.machine, machine.human], [{ name: 'robot' }, undefined]);
});

test('lock, unlock, deactivate, reactivate: each from its own states, in the order existence, state, permission', async (t) => {
  const client = await startClient(t);
  const self = await client.as(await client.seed());
  const act = async (id: string, action: string, headers = {}) => {
    const { status, errorId } = await post(client, `/v2/users/${id}/${action}`, {}, headers);
    return status === 200 ? (await client.read(id)).state : errorId;
  };
  const missing = { lock: '450yxuqrh1', unlock: 'x377t913pw', deactivate: '5gp2p62iin', reactivate: '9hy5kzbuk6' };
  for (const [action, id] of Object.entries(missing)) {
    assert.equal(await act('404', action, self), `COMMAND-${id}`);
  }
  const id = await client.seed();
  const initial = await client.seed({}, 'initial');
  assert.equal(await act(id, 'lock', self), 'AUTHZ-cdgFk');
  assert.equal(await act(id, 'unlock', self), 'COMMAND-olb9vb0oca');
  assert.equal(await act(id, 'reactivate'), 'COMMAND-s5qqcz97hf');
  assert.equal(await act(id, 'lock'), 'USER_STATE_LOCKED');
  assert.equal(await act(id, 'lock', self), 'COMMAND-lgws8wtsqf');
  assert.equal(await act(id, 'unlock'), 'USER_STATE_ACTIVE');
  assert.equal(await act(id, 'deactivate'), 'USER_STATE_INACTIVE');
  assert.equal(await act(id, 'deactivate'), 'COMMAND-5gunjw0cd7');
  assert.equal(await act(id, 'lock'), 'COMMAND-lgws8wtsqf');
  assert.equal(await act(id, 'reactivate'), 'USER_STATE_ACTIVE');
  assert.equal(await act(initial, 'deactivate'), 'COMMAND-gvx4kct9r2');
  assert.equal(await act(initial, 'lock'), 'USER_STATE_INITIAL');
});

test('a locked user is refused at its next call', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const self = await client.as(id);
  assert.equal((await client.put(id, {}, self)).status, 200);
  await post(client, `/v2/users/${id}/lock`);
  const { status, errorId } = await client.put(id, {}, self);
  assert.deepEqual([status, errorId], [401, 'AUTH-7fs1e']);
});

test('DeleteUser: gone everywhere, its name is free, its id is not', async (t) => {
  const client = await startClient(t);
  const [id, other] = [await client.seed({ patch: { username: 'minnie' } }), await client.seed()];
  const refused = await client.send('DELETE', `/v2/users/${other}`, undefined, await client.as(id));
  assert.equal(refused.errorId, 'AUTHZ-cdgFk');
  const { status, body } = await client.send('DELETE', `/v2/users/${id}`);
  assert.deepEqual([status, body.details.sequence], [200, '2']);
  assert.equal((await client.send('GET', `/v2/users/${id}`)).errorId, 'QUERY-Dfbg2');
  assert.equal((await client.send('DELETE', `/v2/users/${id}`)).errorId, 'COMMAND-bd4ir1mblj');
  assert.equal((await add(client, { ...person, userId: id })).errorId, 'COMMAND-7yiox1isql');
  assert.equal((await add(client, { ...person, username: 'minnie' })).status, 200);
});

test('PasswordReset returns a code to an administrator, or sends it by mail or text', async (t) => {
  const client = await startClient(t);
  const phone = { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number' } as const;
  const id = await client.seed({ email: { address: 'mini@mouse.com' }, phone });
  const reset = (body: object, user = id, headers = {}) =>
    post(client, `/v2/users/${user}/password_reset`, body, headers);
  const { body } = await reset({ returnCode: {} });
  assert.match(body.verificationCode, /^[A-Z0-9]{6}$/);
  assert.deepEqual(body.details, (await client.read(id)).details);
  for (const medium of [
    {},
    { sendLink: { urlTemplate: 'https://example.com/{{.Code}}' } },
    { sendLink: { notificationType: 'NOTIFICATION_TYPE_SMS' } },
  ]) {
    assert.deepEqual(Object.keys((await reset(medium)).body), ['details']);
  }
  const sent = await client.server.store.messages(1, 10);
  assert.deepEqual(
    sent.map(({ channel, to }) => `${channel} ${to}`),
    ['text +41791234567', 'email mini@mouse.com', 'email mini@mouse.com'],
  );
  assert.equal((await reset({ returnCode: {} }, id, await client.as(id))).errorId, 'AUTHZ-cdgFk');
  assert.equal((await reset({}, '404')).errorId, 'COMMAND-SAF4f');
  assert.equal((await reset({}, await client.seed({}, 'initial'))).errorId, 'COMMAND-Sfe4g');
  assert.equal((await reset({ sendLink: { urlTemplate: '{{.No}}' } })).errorId, 'DOMAIN-ieYa7');
  const both = await reset({ returnCode: {}, sendLink: {} });
  assert.match(both.body.message, /^sendLink, returnCode exclude each other/);
});

for (const { name, body, code } of [
  { name: 'email', body: { email: { email: 'mini@mouse.com', returnCode: {} } }, code: 'emailCode' },
  { name: 'phone', body: { phone: { phone: '+41791234567', returnCode: {} } }, code: 'phoneCode' },
]) {
  test(`verifying ${name} by the code for it, once, by the user itself too`, async (t) => {
    const client = await startClient(t);
    const id = await client.seed();
    const verificationCode = (await client.put(id, body)).body[code];
    const verify = (given: string, headers = {}, user = id) =>
      post(client, `/v2/users/${user}/${name}/verify`, { verificationCode: given }, headers);
    const wrong = await verify(verificationCode === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA');
    assert.deepEqual([wrong.status, wrong.body.code, wrong.errorId], [400, 3, 'COMMAND-eis9R']);
    const verified = await verify(verificationCode, await client.as(id));
    assert.deepEqual([verified.status, verified.body.details.sequence], [200, '3']);
    assert.equal((await client.read(id)).human[name].isVerified, true);
    assert.equal((await verify(verificationCode)).errorId, 'COMMAND-eis9R');
    assert.equal((await verify('A', {}, '404')).errorId, 'COMMAND-ieJ2e');
    assert.match((await verify('')).body.message, /VerificationCode: value length must be between 1 and 20 runes/);
  });
}

test('a code that has expired verifies nothing', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const { body } = await client.put(id, { email: { email: 'mini@mouse.com', returnCode: {} } });
  client.server.clock.advance(3_600_001);
  const reply = await post(client, `/v2/users/${id}/email/verify`, { verificationCode: body.emailCode });
  assert.deepEqual([reply.errorId, reply.body.code], ['COMMAND-eis9R', 3]);
});
