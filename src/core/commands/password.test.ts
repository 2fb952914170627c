import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, beforeEach, describe, test } from 'node:test';
import { plainPasswordRules } from '#core/policies/password-rules.ts';
import type { Hasher } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';
import type { User } from '#core/user.ts';
import { cheapHasher, openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { createRealm } from './create-realm.ts';
import { requestCode } from './request-code.ts';
import { reviseUser } from './revise-user.ts';
import { setPassword } from './set-password.ts';
import { setState } from './set-state.ts';
import { confirmPassword, signIn } from './sign-in.ts';
import { updateUser } from './update-user.ts';
import type { PasswordInput } from './user-input.ts';

let world: TestDirectory;
let minnie: User;
const worlds: TestDirectory[] = [];

const password = (plain: string, more: Partial<PasswordInput> = {}): PasswordInput => ({
  set: { plain },
  rules: plainPasswordRules,
  lockAfterAttempts: 3,
  ...more,
});

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
  minnie = await world.create({ username: 'minnie', password: password('first-password') });
});
after(() => Promise.all(worlds.map((each) => each.close())));

const set = (input: PasswordInput) => world.system('zitadel').run(setPassword, { user: minnie.key, password: input });
const signInWith = (plain: string) =>
  world.system('devicehive').run(signIn, { user: minnie.key, password: plain, lockAfterAttempts: 3 });

test('setting a password is a change, keeps only a hash, and is the password of all', async () => {
  const { user, changed } = await set(password('second-password'));
  assert.equal(changed, true);
  assert.equal(user?.version, 2);
  const stored = JSON.stringify([...(await world.store.load({ secretsOf: [minnie.key] })).secrets]);
  assert.ok(stored.includes('$argon2id$') && !stored.includes('second-password'));
  await assert.rejects(signInWith('first-password'), { code: 'unauthenticated', reason: 'password_wrong' });
  await signInWith('second-password');
});

test('a password set twice in one moment is two changes', async () => {
  await set(password('second-password'));
  assert.equal((await set(password('third-password'))).user?.version, 3);
});

test('a password with a lone surrogate is refused: every other one would do as well', async () => {
  for (const plain of ['long-enough\uD800', '\uDC00long-enough']) {
    await assert.rejects(set(password(plain)), {
      code: 'invalid_argument',
      reason: 'field_invalid',
      field: 'password',
    });
  }
});

test('changeRequired is kept, and gone with the next password', async () => {
  const required = await set(password('second-password', { changeRequired: true }));
  assert.equal(required.user?.fields['password.changeRequired'], true);
  assert.equal((await set(password('third-password'))).user?.fields['password.changeRequired'], undefined);
});

test('rules are checked by wire', async () => {
  await assert.rejects(set(password('short')), { reason: 'password_too_short' });
  await assert.rejects(set(password('x'.repeat(201))), { reason: 'password_too_long' });
  const rules = {
    minLength: 8,
    maxLength: 200,
    needsLower: true,
    needsUpper: true,
    needsDigit: true,
    needsSymbol: true,
  };
  const broken = { PASSWORD1: 'lower', password1: 'upper', Passwords: 'digit', Password1: 'symbol' };
  for (const [plain, what] of Object.entries(broken)) {
    await assert.rejects(set(password(plain, { rules })), { reason: `password_needs_${what}` }, plain);
  }
  await set(password('Secr3tP4ssw0rd!', { rules }));
  await assert.rejects(set(password('äääää', { rules: { minLength: 11, maxLength: 99, countsBytes: true } })), {
    reason: 'password_too_short',
  });
});

test("the policies of a realm hold on every wire besides the wire's own", async () => {
  const passwordRules = { minLength: 20, maxLength: 99 };
  const fields = { name: 'strict', language: 'en', region: 'US', timeZone: 'UTC', passwordRules, lockAfterAttempts: 1 };
  await world.system().run(createRealm, { key: 3, ids: {}, fields });
  const first = password('long enough for this realm');
  const goofy = await world.create({ username: 'goofy', realm: 3, password: first });
  const setGoofys = (input: PasswordInput) => world.system().run(setPassword, { user: goofy.key, password: input });
  await assert.rejects(setGoofys(password('eight characters')), { reason: 'password_too_short' });
  await assert.rejects(setGoofys(password('another long one for this', { proof: { current: 'wrong' } })), {
    reason: 'password_wrong',
  });
  assert.notEqual((await world.user(goofy.key)).fields.lockedAt, undefined, 'one wrong password is one too many');
});

test('nothing is learnt of a password through another refusal', async () => {
  const outcomes = async (input: object, options = {}) => {
    const reasons = [];
    for (const current of ['first-password', 'wrong']) {
      const proved = { ...password('first-password', { proof: { current } }), ...input };
      const run = world.system().run(updateUser, { user: minnie.key, ...input, password: proved }, options);
      reasons.push(await run.catch((error) => error.reason));
    }
    return reasons;
  };
  assert.deepEqual(await outcomes({}, { ifVersion: 7 }), ['version_mismatch', 'version_mismatch']);
  const bad = { patch: { 'profile.language': 'no tag' } };
  assert.deepEqual(await outcomes(bad), ['field_invalid', 'field_invalid']);
  assert.deepEqual(await outcomes({}), ['password_unchanged', 'password_wrong']);
});

describe('with the current password', () => {
  const prove = (current: string, plain = 'second-password') => set(password(plain, { proof: { current } }));

  test('the right one lets it be changed', async () => {
    assert.equal((await prove('first-password')).changed, true);
  });

  test('a wrong one is refused, counted though nothing else stays, and one too many locks', async () => {
    for (const failedAttempts of [1, 2]) {
      await assert.rejects(prove('wrong'), { reason: 'password_wrong', facts: { failedAttempts } });
      assert.equal((await world.user(minnie.key)).activity.failedAttempts, failedAttempts);
    }
    assert.equal((await world.user(minnie.key)).version, 1);
    await assert.rejects(prove('wrong'), { reason: 'password_wrong' });
    const locked = await world.user(minnie.key);
    assert.equal(locked.fields.lockedAt, '2026-11-21T10:00:00.000Z');
    assert.equal(locked.version, 2);
    await assert.rejects(prove('first-password'), { reason: 'user_locked' });
  });

  test('the right one forgets the wrong ones', async () => {
    await assert.rejects(prove('wrong'));
    await prove('first-password');
    assert.equal((await world.user(minnie.key)).activity.failedAttempts, 0);
  });

  test('the same again is refused', async () => {
    await assert.rejects(prove('first-password', 'first-password'), { reason: 'password_unchanged' });
  });

  test('nothing else of the same command stays when it is wrong', async () => {
    const input = { user: minnie.key, patch: { 'profile.givenName': 'X' } as const };
    const wrong = password('second-password', { proof: { current: 'wrong' } });
    await assert.rejects(world.system().run(updateUser, { ...input, password: wrong }), { reason: 'password_wrong' });
    assert.equal((await world.user(minnie.key)).fields['profile.givenName'], undefined);
  });

  test('proofs that race each other count each and set one', async () => {
    const settled = await Promise.allSettled([
      prove('first-password', 'second-password'),
      prove('first-password', 'third-password'),
    ]);
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  test('the delay of the wire is told with the refusal', async () => {
    const delay = { everyAttempts: 2, stepMs: 1_000, atMostMs: 9_000 };
    const prove = () => set(password('second-password', { proof: { current: 'wrong' }, delay }));
    await assert.rejects(prove(), { facts: { failedAttempts: 1, tellAfterMs: 0 } });
    const second = assert.rejects(prove(), { facts: { failedAttempts: 2, tellAfterMs: 1_000 } });
    while (world.clock.pausing === 0) await new Promise(setImmediate);
    world.clock.advance(1_000);
    await second;
  });

  test('a user who is locked while the password is checked is told so by a reason of its own', async (t) => {
    const [checking, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const verify: Hasher['verify'] = async (...given) => {
      checking.resolve();
      await go.promise;
      return await cheapHasher.verify(...given);
    };
    const slow = await openTestDirectory({ hasher: { ...cheapHasher, verify } });
    t.after(() => slow.close());
    const { key } = await slow.create({ password: password('first-password') });
    const input = password('second-password', { proof: { current: 'first-password' } });
    const setting = slow.system().run(setPassword, { user: key, password: input });
    await checking.promise;
    await slow.system().run(setState, { user: key, action: 'lock' });
    go.resolve();
    await assert.rejects(setting, { code: 'failed_precondition', reason: 'user_locked_meanwhile' });
  });

  test('a user without a password cannot prove one', async () => {
    const donald = await world.create({ username: 'donald' });
    const input = { user: donald.key, password: password('second-password', { proof: { current: 'x' } }) };
    await assert.rejects(world.system().run(setPassword, input), { reason: 'password_not_set' });
  });
});

describe('with a code', () => {
  const ask = async () => {
    const input = { user: minnie.key, code: 'password', deliver: 'return' } as const;
    return (await world.system('zitadel').run(requestCode, input)).result.code ?? '';
  };
  const prove = (code: string) => set(password('second-password', { proof: { code } }));

  test('the right one lets it be set, once', async () => {
    const code = await ask();
    await prove(code);
    await assert.rejects(prove(code), { reason: 'code_not_requested' });
  });

  test('none asked for, a wrong one, and one that has expired are refused', async () => {
    await assert.rejects(prove('ABCDEF'), { reason: 'code_not_requested' });
    const code = await ask();
    await assert.rejects(prove('wrong!'), { code: 'invalid_argument', reason: 'code_wrong' });
    world.clock.advance(3_600_000);
    await assert.rejects(prove(code), { code: 'failed_precondition', reason: 'code_expired' });
  });

  test('one that was sent holds only while its address is the present one', async () => {
    const address = 'old@mouse.com';
    await world.system().run(updateUser, { user: minnie.key, email: { address, verified: true } });
    await world.system('zitadel').run(requestCode, { user: minnie.key, code: 'password', deliver: 'send' });
    const [message] = await world.store.messages(1, 1);
    const text = world.sealer.open(message?.sealed ?? '', `message/${message?.id}`);
    const [code = ''] = /[A-Z0-9]{6}/.exec(text) ?? [];
    await world.system().run(updateUser, { user: minnie.key, email: { address: 'new@mouse.com' } });
    await assert.rejects(prove(code), { reason: 'code_not_requested' });
    await world.system().run(updateUser, { user: minnie.key, email: { address } });
    await prove(code);
  });

  test('ten wrong guesses end it', async () => {
    const code = await ask();
    for (let guess = 0; guess < 10; guess++) await assert.rejects(prove('wrong!'), { reason: 'code_wrong' });
    await assert.rejects(prove(code), { reason: 'code_not_requested' });
  });
});

describe('a hash from elsewhere', () => {
  const plain = 'from-elsewhere';
  const foreign = createHash('md5').update(plain).digest('hex');
  const stored = async () => {
    const secrets = (await world.store.load({ secretsOf: [minnie.key] })).secrets.get(minnie.key) ?? [];
    const { revision, doc } = secrets.find(({ name }) => name === 'password') as Secret<'password'>;
    return { revision, hash: doc.hash };
  };
  beforeEach(() => set(password('', { set: { hash: foreign } })));

  test('is refused when nobody could check it, and what was there stays', async () => {
    await assert.rejects(set(password('', { set: { hash: 'plain text' } })), { reason: 'hash_unsupported' });
    assert.equal((await stored()).hash, foreign);
  });

  test('becomes one of our own at the first good sign-in, in one commit with it and without a change', async () => {
    const { version, fields } = await world.user(minnie.key);
    const commits: number[] = [];
    const stop = world.directory.onCommit(({ users }) => commits.push(users.size));
    await assert.rejects(signInWith('wrong'), { reason: 'password_wrong' });
    assert.equal((await stored()).hash, foreign);
    await signInWith(plain);
    stop();
    assert.equal(commits.length, 2);
    const { revision, hash } = await stored();
    assert.match(hash, /^\$argon2id\$/);
    assert.equal(revision, 2);
    const after = await world.user(minnie.key);
    assert.deepEqual([after.version, after.fields], [version, fields]);
    assert.deepEqual(after.activity, { lastLoginAt: '2026-11-21T10:00:00.000Z', failedAttempts: 0 });
    await signInWith(plain);
    assert.equal((await stored()).hash, hash);
    await assert.rejects(signInWith('wrong'), { reason: 'password_wrong' });
  });

  test('becomes one of our own when the caller proves its password, which is no login', async () => {
    const confirm = (asked: string) =>
      world.system().run(confirmPassword, { user: minnie.key, password: asked, lockAfterAttempts: 3 });
    await assert.rejects(confirm('wrong'), { reason: 'password_wrong' });
    assert.equal((await stored()).hash, foreign);
    await confirm(plain);
    assert.match((await stored()).hash, /^\$argon2id\$/);
    assert.equal((await world.user(minnie.key)).activity.lastLoginAt, undefined);
  });

  test('also when that is asked for beside an update of somebody else', async () => {
    const mickey = await world.create({ username: 'mickey', password: password('first-password') });
    await world.system().run(updateUser, { user: minnie.key, administers: { twosms: true } });
    const caller = await world.actor(minnie.key);
    const revise = (callerPassword: string) =>
      world.as(caller, 'twosms').run(reviseUser, {
        user: mickey.key,
        names: [],
        revise: () => ({ patch: { 'profile.displayName': 'Mickey' } }),
        callerPassword: { plain: callerPassword, lockAfterAttempts: 3 },
      });
    await assert.rejects(revise('wrong'), { reason: 'password_wrong' });
    assert.equal((await stored()).hash, foreign);
    await revise(plain);
    assert.match((await stored()).hash, /^\$argon2id\$/);
  });

  /** A directory whose only user has such a hash, and in which something happens while that is checked first. */
  async function interrupted(meanwhile: () => Promise<unknown>) {
    const checked: string[] = [];
    const hasher = {
      ...cheapHasher,
      verify: async (hash: string, asked: string) => {
        checked.push(hash);
        if (checked.length === 1) await meanwhile();
        return cheapHasher.verify(hash, asked);
      },
    };
    const other = await openTestDirectory({ hasher });
    worlds.push(other);
    const { key } = await other.create({ password: password('', { set: { hash: foreign } }) });
    return {
      checked,
      signIn: (asked: string) =>
        other.system('devicehive').run(signIn, { user: key, password: asked, lockAfterAttempts: 3 }),
      set: (input: PasswordInput) => other.system('zitadel').run(setPassword, { user: key, password: input }),
    };
  }

  test('does not come back over a password that was set while it was being checked', async () => {
    const other = await interrupted(() => other.set(password('second-password')));
    await assert.rejects(other.signIn(plain), { reason: 'password_wrong' });
    assert.deepEqual(
      other.checked.map((hash) => hash === foreign),
      [true, false],
    );
    await other.signIn('second-password');
  });

  test('what was proved by it holds, though it has been made better meanwhile', async () => {
    const other = await interrupted(() => other.signIn(plain));
    await other.set(password('second-password', { proof: { current: plain } }));
    assert.deepEqual(other.checked, [foreign, foreign]);
    await other.signIn('second-password');
  });
});
