import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { type MessageContent, openContent } from '#core/message.ts';
import type { User } from '#core/user.ts';
import { openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { updateUser } from './update-user.ts';
import type { EmailInput, PhoneInput, UpdateUserInput } from './user-input.ts';

let world: TestDirectory;
let minnie: User;
const worlds: TestDirectory[] = [];

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
  minnie = await world.create({ username: 'minnie' });
});
after(() => Promise.all(worlds.map((each) => each.close())));

const update = (input: Omit<UpdateUserInput, 'user'>, options = {}) =>
  world.system('zitadel').run(updateUser, { user: minnie.key, ...input }, options);

test('an update is recorded once, with before and after', async () => {
  world.clock.advance(1000);
  const outcome = await update({ patch: { 'profile.givenName': 'Minnie', 'profile.nickName': null } });
  assert.equal(outcome.user?.version, 2);
  assert.equal(outcome.user.changedAt, '2026-11-21T10:00:01.000Z');
  const [, change] = await world.system().changesOf(minnie.key);
  assert.deepEqual(change?.changes, { 'profile.givenName': { before: null, after: 'Minnie' } });
  assert.equal(change.via, 'zitadel');
  assert.equal(change.command, 'update-user');
  assert.equal(change.request, 'r-1');
  assert.equal(change.address, '127.0.0.1');
});

test('equal values write nothing', async () => {
  await update({ patch: { 'profile.givenName': 'Minnie' } });
  world.clock.advance(1000);
  const outcome = await update({ patch: { 'profile.givenName': 'Minnie', username: 'minnie' } });
  assert.equal(outcome.changed, false);
  assert.equal(outcome.user?.version, 2);
  assert.equal(outcome.user.changedAt, '2026-11-21T10:00:00.000Z');
});

test('time that runs backwards never shows in a history', async () => {
  world.clock.advance(-60_000);
  const outcome = await update({ patch: { 'profile.givenName': 'Minnie' } });
  assert.equal(outcome.user?.changedAt, minnie.changedAt);
});

test('fields with rules of their own cannot be written past them', async () => {
  for (const path of [
    'email.address',
    'email.verifiedAt',
    'phone.number',
    'lockedAt',
    'owner',
    'password.setAt',
  ] as const) {
    await assert.rejects(update({ patch: { [path]: null } }), { reason: 'field_read_only', field: path });
  }
  await assert.rejects(update({ patch: { username: null } }), { reason: 'field_required' });
});

test('a login name is changed where it is kept', async () => {
  await update({ loginName: { dialect: 'devicehive', name: 'mini' } });
  assert.equal((await world.user(minnie.key)).fields.username, 'mini');
  await update({ patch: { 'loginNames.devicehive': 'mm' } });
  await update({ loginName: { dialect: 'devicehive', name: 'mmm' } });
  const { fields } = await world.user(minnie.key);
  assert.equal(fields.username, 'mini');
  assert.equal(fields['loginNames.devicehive'], 'mmm');
});

test('a taken name is refused, in any case and form, and free again once it is given up', async () => {
  const mickey = await world.create({ username: 'Zoë' });
  await assert.rejects(update({ patch: { username: 'ZOE\u0308' } }), {
    code: 'already_exists',
    reason: 'username_taken',
  });
  await world.system().run(updateUser, { user: mickey.key, patch: { username: 'mickey' } });
  assert.equal((await update({ patch: { username: 'ZOE\u0308' } })).user?.fields.username, 'ZOË');
});

test('to administer nothing is no value, whichever way it is said', async () => {
  await update({ patch: { administers: [] } });
  await update({ administers: { accela: true } });
  await update({ patch: { administers: [] } });
  const [, granted, taken, ...more] = await world.system().changesOf(minnie.key);
  assert.deepEqual(granted?.changes, { administers: { before: null, after: ['accela'] } });
  assert.deepEqual(taken?.changes, { administers: { before: ['accela'], after: null } });
  assert.deepEqual(more, []);
});

test('data is replaced by a value and merged by a merge', async () => {
  await update({ patch: { data: { a: 1, b: 2 } } });
  await update({ mergeData: { b: null, c: 3 } });
  assert.deepEqual((await world.user(minnie.key)).fields.data, { a: 1, c: 3 });
});

describe('email', () => {
  const email = (input: EmailInput | null) => update({ email: input });
  const address = 'mini@mouse.com';

  test('a new address is unverified, and is verified when the caller says so', async () => {
    const unverified = await email({ address });
    assert.deepEqual(unverified.result, {});
    assert.equal(unverified.user?.fields['email.verifiedAt'], undefined);
    const verified = await email({ address: 'other@mouse.com', verified: true });
    assert.equal(verified.user?.fields['email.verifiedAt'], '2026-11-21T10:00:00.000Z');
    const moved = await email({ address });
    assert.equal(moved.user?.fields['email.verifiedAt'], undefined);
  });

  test('a code is returned or sent for a new address alone', async () => {
    const returned = await email({ address, code: { deliver: 'return' } });
    assert.match(returned.result.emailCode ?? '', /^[A-Z0-9]{6}$/);
    assert.deepEqual((await email({ address, code: { deliver: 'return' } })).result, {});
    assert.equal((await world.store.messages(1, 10)).length, 0);
    const link = [
      'https://x.test/?u=',
      { insert: 'user' },
      '&c=',
      { insert: 'code' },
      '&o=',
      { insert: 'realm' },
    ] as const;
    const sent = await email({ address: 'b@mouse.com', code: { deliver: 'send', link } });
    assert.deepEqual(sent.result, {});
    const [message] = await world.system().messages(10);
    assert.equal(message?.to, 'b@mouse.com', 'the server itself reads those of every realm');
    const [stored] = await world.store.messages(1, 10);
    assert.equal(stored?.to, 'b@mouse.com');
    assert.equal(stored.channel, 'email');
    const { link: written, code, ...content } = openContent(stored, world.sealer);
    assert.equal(written, `https://x.test/?u=1&c=${code}&o=100`);
    assert.deepEqual(content, { kind: 'email', name: '', language: 'en' });
  });

  test('a message is written to whom the user is by then, in its language or else the realm’s', async () => {
    const patch = { 'profile.givenName': 'Minnie', 'profile.familyName': 'Mouse', 'profile.language': 'de-CH' };
    const sending = { address: 'b@mouse.com', code: { deliver: 'send' } } as const;
    const contents: MessageContent[] = [];
    for (const input of [{ patch }, { patch: { 'profile.displayName': 'Mini', 'profile.language': null } }]) {
      await update({ ...input, email: sending });
      const [stored] = await world.store.messages(1, 1);
      assert.ok(stored);
      contents.push(openContent(stored, world.sealer));
      await update({ email: null });
    }
    assert.deepEqual(
      contents.map(({ name, language }) => [name, language]),
      [
        ['Minnie Mouse', 'de-CH'],
        ['Mini', 'en'],
      ],
    );
  });

  test('the present address is verified by saying so, and is not unverified by saying nothing', async () => {
    await email({ address });
    await email({ address, verified: true });
    const again = await email({ address, verified: false });
    assert.equal(again.changed, false);
    assert.notEqual(again.user?.fields['email.verifiedAt'], undefined);
  });

  test('the same address in another Unicode form is the same', async () => {
    await email({ address: 'zo\u00EB@mouse.com', verified: true });
    assert.equal((await email({ address: 'zoe\u0308@mouse.com' })).changed, false);
  });

  test('null clears address and verification', async () => {
    await email({ address, verified: true });
    const { user } = await email(null);
    assert.equal(user?.fields['email.address'], undefined);
    assert.equal(user?.fields['email.verifiedAt'], undefined);
  });

  test('what is no address is refused', async () => {
    for (const bad of ['', 'mouse', 'a@', '@b', 'a b@c', 'Mini <mini@mouse.com>', 'a@b..c', 'a@-b.c']) {
      await assert.rejects(email({ address: bad }), { code: 'invalid_argument', field: 'email.address' }, bad);
    }
  });
});

describe('phone', () => {
  const phone = (input: PhoneInput | null) => update({ phone: input });
  const number = '+41791234567';

  test('the number is kept beside what was typed', async () => {
    const { user } = await phone({ number, entered: '079 123 45 67', sameBy: 'entered' });
    assert.equal(user?.fields['phone.number'], number);
    assert.equal(user.fields['phone.entered'], '079 123 45 67');
  });

  test('for a wire that shows numbers another spelling is no change; for one that shows what was typed it is', async () => {
    await phone({ number, entered: '079 123 45 67', sameBy: 'entered', verified: true });
    assert.equal((await phone({ number, entered: number, sameBy: 'number' })).changed, false);
    const typed = await phone({ number, entered: '+41 79 123 45 67', sameBy: 'entered' });
    assert.equal(typed.user?.fields['phone.entered'], '+41 79 123 45 67');
    assert.notEqual(typed.user?.fields['phone.verifiedAt'], undefined, 'it is the same number still');
  });

  test('the same digits under another country are another number', async () => {
    await phone({ number: '+447911123456', entered: '7911123456', sameBy: 'number' });
    const moved = await phone({ entered: '7911123456', sameBy: 'number' });
    assert.equal(moved.user?.fields['phone.number'], undefined);
  });

  test('a number that is none is kept as typed', async () => {
    const { user } = await phone({ entered: '12345', sameBy: 'entered' });
    assert.equal(user?.fields['phone.number'], undefined);
    assert.equal(user?.fields['phone.entered'], '12345');
    assert.equal((await phone({ entered: '12345', sameBy: 'number' })).changed, false);
    assert.equal((await phone({ number, entered: '12345', sameBy: 'number' })).changed, false, 'a wire may read it');
  });

  test('a code is sent as a text message, and null clears all', async () => {
    await phone({ number, entered: number, sameBy: 'number', code: { deliver: 'send' } });
    const [message] = await world.store.messages(1, 10);
    assert.equal(message?.channel, 'text');
    assert.equal(message.to, number);
    const { user } = await phone(null);
    assert.deepEqual(
      Object.keys(user?.fields ?? {}).filter((path) => path.startsWith('phone.')),
      [],
    );
  });
});

describe('securityQuestions', () => {
  const ask = (questions: NonNullable<UpdateUserInput['securityQuestions']> | null) =>
    update({ securityQuestions: questions });

  test('answers are secrets, equal ones are no change, kept ones stay', async () => {
    await ask([{ question: 'First pet?', order: '1', answer: 'Pluto' }]);
    const { fields } = await world.user(minnie.key);
    assert.deepEqual(fields.securityQuestions, [
      { question: 'First pet?', order: '1', answerSetAt: '2026-11-21T10:00:00.000Z' },
    ]);
    assert.ok(!JSON.stringify(await world.store.load({ secretsOf: [minnie.key] })).includes('Pluto'));
    world.clock.advance(1000);
    assert.equal((await ask([{ question: 'First pet?', order: '1', answer: ' pluto' }])).changed, false);
    assert.equal((await ask([{ question: 'First pet?', order: '1', keepsAnswer: true }])).changed, false);
    assert.equal((await ask([{ question: 'First pet?', order: '1', answer: 'Goofy' }])).changed, true);
  });

  test('an answer is found again in any Unicode form of its question', async () => {
    await ask([{ question: 'Zoe\u0308?', answer: 'yes' }]);
    assert.equal((await ask([{ question: 'Zo\u00EB?', keepsAnswer: true }])).changed, false);
  });

  test('there are bounds, also to what prototypes would answer', async () => {
    const field = 'securityQuestions';
    await assert.rejects(ask(Array.from({ length: 21 }, (_, i) => ({ question: `Q${i}` }))), { field });
    await assert.rejects(
      ask([
        { question: 'A?', answer: 'x' },
        { question: 'A?', answer: 'y' },
      ]),
      { field },
    );
    await assert.rejects(ask([{ question: 'A?', order: '\ud800' }]), { field: `${field}.order` });
    await assert.rejects(ask([{ question: 'A?', answer: '  ' }]), { field: `${field}.answer` });
    for (const question of ['constructor', 'toString', '__proto__']) {
      await assert.rejects(ask([{ question, keepsAnswer: true }]), { field: `${field}.answer` }, question);
      await ask([{ question, answer: 'x' }]);
      assert.equal((await ask([{ question, keepsAnswer: true }])).changed, false, question);
    }
  });

  test('an answer that was never given cannot be kept', async () => {
    await assert.rejects(ask([{ question: 'First pet?', keepsAnswer: true }]), { field: 'securityQuestions.answer' });
  });

  test('null clears questions and answers', async () => {
    await ask([{ question: 'First pet?', answer: 'Pluto' }]);
    assert.equal((await ask(null)).user?.fields.securityQuestions, undefined);
    assert.deepEqual((await world.store.load({ secretsOf: [minnie.key] })).secrets.get(minnie.key) ?? [], []);
  });
});

test('a fixed PIN is sealed, the same again is no change, null lets it be random', async () => {
  await update({ pin: '4711' });
  assert.ok(!JSON.stringify([...(await world.store.load({ secretsOf: [minnie.key] })).secrets]).includes('4711'));
  world.clock.advance(1000);
  assert.equal((await update({ pin: '4711' })).changed, false);
  assert.equal((await update({ pin: '4712' })).changed, true);
  assert.equal((await update({ pin: null })).user?.fields['pin.setAt'], undefined);
  await assert.rejects(update({ pin: '1' }), { field: 'pin' });
});

test('a PIN that was checked against one that is gone is checked again', async () => {
  await update({ pin: '1111' });
  const racing = [update({ pin: null }), update({ pin: '2222' }), update({ pin: '1111' })];
  await Promise.all(racing);
  const secrets = (await world.store.load({ secretsOf: [minnie.key] })).secrets.get(minnie.key) ?? [];
  const pin = secrets.find(({ name }) => name === 'pin')?.doc as { sealed: string };
  assert.equal(world.sealer.open(pin.sealed, `pin/${minnie.key}`), '1111');
});

test('secrets are bound to their user, and an answer is no bare digest', async () => {
  const mickey = await world.create({ username: 'mickey' });
  const secretsOf = async (user: User) => {
    const input = { pin: '4711', securityQuestions: [{ question: 'Pet?', answer: 'pluto' }] };
    await world.system().run(updateUser, { user: user.key, ...input });
    const secrets = (await world.store.load({ secretsOf: [user.key] })).secrets.get(user.key) ?? [];
    const docOf = <Doc>(wanted: string) => secrets.find(({ name }) => name === wanted)?.doc as Doc;
    return {
      mac: docOf<{ macs: Record<string, string> }>('answers').macs['Pet?'],
      sealed: docOf<{ sealed: string }>('pin').sealed,
    };
  };
  const [hers, his] = [await secretsOf(minnie), await secretsOf(mickey)];
  assert.notEqual(hers.mac, his.mac);
  assert.throws(() => world.sealer.open(hers.sealed, `pin/${mickey.key}`));
  assert.equal(hers.mac, world.sealer.macs('pluto', `answer/${minnie.key}/Pet?`)[0]);
});

test('locking never forgets that a user is disabled', async () => {
  await update({ state: { disabled: true } });
  await update({ state: { locked: true } });
  const { fields } = (await update({ state: { locked: false } })).user as User;
  assert.notEqual(fields.disabledAt, undefined);
  assert.equal(fields.lockedAt, undefined);
});

test('a user of another kind, and one that is deleted, is not found', async () => {
  await assert.rejects(update({ kind: 'machine', patch: {} }), { code: 'not_found' });
  await assert.rejects(world.system().run(updateUser, { user: 999, patch: {} }), { code: 'not_found' });
});
