import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { administrator, idOf, openPortal, type Portal, wholeUser } from './test-client.ts';

let portal: Portal;
before(async () => {
  portal = await openPortal();
});
after(() => portal.server.close());

const password = (plain: string) => ({
  password: { set: { plain }, rules: { minLength: 8, maxLength: 200 }, lockAfterAttempts: 0 },
});

test("UserPassword that is the caller's own is fine, and so is none", async () => {
  const { user, sent } = await wholeUser(portal);
  for (const UserPassword of [portal.server.password, null, '', undefined]) {
    assert.equal((await portal.put(idOf(user), { ...sent, UserPassword })).status, 200);
  }
});

test('a wrong one is a business error that is counted, and nothing is written', async () => {
  const { user, sent } = await wholeUser(portal);
  const failedAttempts = async () => (await administrator(portal)).activity.failedAttempts;
  const before = await failedAttempts();
  const answer = await portal.put(idOf(user), { ...sent, DisplayName: 'No', UserPassword: 'wrong' });
  assert.equal(answer.status, 400);
  assert.deepEqual(answer.json.Error, {
    ErrorCode: 'PASSWORD_WRONG',
    ErrorReason: "UserPassword is not the caller's own password.",
  });
  assert.equal(await failedAttempts(), before + 1);
  assert.equal((await portal.read(user)).version, user.version);
});

test("it is named among the body's own faults, when it is wrong", async () => {
  const { user, sent } = await wholeUser(portal);
  const answer = await portal.put(idOf(user), { ...sent, TimeZone: 'x', UserPassword: 'wrong' });
  assert.deepEqual(Object.keys(answer.json.ModelState), ['user.TimeZone', 'user.UserPassword']);
  const right = await portal.put(idOf(user), { ...sent, TimeZone: 'x', UserPassword: portal.server.password });
  assert.deepEqual(Object.keys(right.json.ModelState), ['user.TimeZone']);
});

test('a caller without a password may send anything', async () => {
  const caller = await portal.create({ administers: { twosms: true } });
  const token = await portal.tokenOf(caller);
  const { user, sent } = await wholeUser(portal);
  assert.equal((await portal.put(idOf(user), { ...sent, UserPassword: 'whatever' }, { token })).status, 200);
});

test('the tenth wrong one locks the caller', async () => {
  const caller = await portal.create({ administers: { twosms: true }, ...password('long-enough') });
  const token = await portal.tokenOf(caller);
  const { user, sent } = await wholeUser(portal);
  for (let attempt = 1; attempt <= 10; attempt++) {
    assert.equal((await portal.put(idOf(user), { ...sent, UserPassword: `wrong-${attempt}` }, { token })).status, 400);
  }
  assert.equal((await portal.put(idOf(user), sent, { token })).status, 401);
  assert.ok((await portal.read(caller)).fields.lockedAt);
});

test('a right one forgets the wrong ones before it', async () => {
  const caller = await portal.create({ administers: { twosms: true }, ...password('long-enough') });
  const token = await portal.tokenOf(caller);
  const { user, sent } = await wholeUser(portal);
  const put = (UserPassword: string, more = {}) =>
    portal.put(idOf(user), { ...sent, UserPassword, ...more }, { token });
  for (const more of [{}, { TimeZone: 'x' }]) {
    for (let attempt = 0; attempt < 9; attempt++) assert.equal((await put('wrong')).status, 400);
    await put('long-enough', more);
    assert.equal((await portal.read(caller)).activity.failedAttempts, 0);
  }
});

test('who sets a new password for himself may leave it out, but not get it wrong', async () => {
  const { user, sent } = await wholeUser(portal, { Password: 'the-first-one' });
  const token = await portal.tokenOf(user);
  const put = (more: object) => portal.put(idOf(user), { ...sent, Password: 'the-second-one', ...more }, { token });
  assert.equal((await put({ UserPassword: 'wrong' })).json.Error.ErrorCode, 'PASSWORD_WRONG');
  assert.equal((await put({ UserPassword: 'the-first-one' })).status, 200);
  assert.equal((await put({ UserPassword: 'the-first-one' })).json.Error.ErrorCode, 'PASSWORD_WRONG');
  assert.equal((await put({})).status, 200);
});
