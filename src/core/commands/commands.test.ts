import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { confirmCode } from './confirm-code.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { issueTokens } from './issue-tokens.ts';
import { requestCode } from './request-code.ts';
import { setState } from './set-state.ts';
import { updateUser } from './update-user.ts';

let world: TestDirectory;
let minnie: User;
const worlds: TestDirectory[] = [];

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
  minnie = await world.create({ username: 'minnie' });
});
after(() => Promise.all(worlds.map((each) => each.close())));

test('a new user has an id in every dialect, the first one 1', async () => {
  assert.equal(minnie.ids.zitadel, '1');
  assert.equal(minnie.ids.devicehive, '1');
  assert.match(minnie.ids.directory ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(await world.directory.resolve('zitadel', '1'), minnie.key);
  assert.equal(minnie.version, 1);
  assert.equal(minnie.fields.lifecycle, 'active');
  assert.equal(minnie.fields.registeredAt, minnie.createdAt);
  assert.equal((await world.create({ username: 'mickey' })).ids.zitadel, '2');
});

test('a given id is kept, never given again, and refused when it was ever used', async () => {
  const kept = await world.create({ username: 'mickey', ids: { zitadel: '3' } });
  assert.equal(kept.ids.zitadel, '3');
  assert.equal(kept.ids.devicehive, '2');
  await world.system().run(deleteUser, { user: kept.key });
  await assert.rejects(world.create({ username: 'goofy', ids: { zitadel: '3' } }), { reason: 'id_taken' });
  const next = [await world.create({ username: 'goofy' }), await world.create({ username: 'pluto' })];
  assert.ok(!next.some(({ ids }) => ids.zitadel === '3'));
});

test('a number that somebody brings along while it is being given out is given to nobody else', async () => {
  const both = [world.create({ username: 'goofy', ids: { zitadel: '3' } }), world.create({ username: 'pluto' })];
  const [brought, given] = await Promise.all(both);
  assert.equal(brought?.ids.zitadel, '3');
  assert.equal(given?.ids.zitadel, '4');
});

test('a user without a username, with a bad one or a taken one is refused and leaves nothing', async () => {
  const create = (patch: object) => world.system().run(createUser, { realm: 1, kind: 'human', patch });
  await assert.rejects(create({}), { reason: 'field_required', field: 'username' });
  await assert.rejects(create({ username: ' ' }), { field: 'username' });
  await assert.rejects(create({ username: 'MINNIE' }), { code: 'already_exists', reason: 'username_taken' });
  await assert.rejects(world.system().run(createUser, { realm: 9, kind: 'human', patch: { username: 'x' } }), {
    reason: 'realm_not_found',
  });
});

test('two who race for one name: one wins, in one batch and in two', async () => {
  const race = await Promise.allSettled([1, 2, 3].map(() => world.create({ username: 'donald' })));
  assert.equal(race.filter(({ status }) => status === 'fulfilled').length, 1);
  await assert.rejects(world.create({ username: 'donald' }), { reason: 'username_taken' });
});

test('states: each action refuses to start from the wrong one', async () => {
  const act = (action: 'lock' | 'unlock' | 'disable' | 'enable', user = minnie.key) =>
    world.system().run(setState, { user, action });
  await assert.rejects(act('unlock'), { code: 'failed_precondition', reason: 'user_not_locked' });
  await assert.rejects(act('enable'), { reason: 'user_not_disabled' });
  assert.notEqual((await act('lock')).user?.fields.lockedAt, undefined);
  await assert.rejects(act('lock'), { reason: 'user_not_lockable' });
  await act('disable');
  await assert.rejects(act('disable'), { reason: 'user_already_disabled' });
  await act('unlock');
  await assert.rejects(act('lock'), { reason: 'user_not_lockable' });
  assert.equal((await act('enable')).user?.fields.disabledAt, undefined);
  const initial = await world.create({ username: 'initial', lifecycle: 'initial' });
  await assert.rejects(act('disable', initial.key), { reason: 'user_initial' });
  await assert.rejects(act('lock', 999), { code: 'not_found', reason: 'user_not_found' });
});

test('deleting frees the name, keeps the id, and takes tokens, codes and waiting messages along', async () => {
  const input = { user: minnie.key, email: { address: 'a@b.c', code: { deliver: 'send' } } } as const;
  await world.system('zitadel').run(updateUser, input);
  const hash = hashToken('muster_x');
  const token = { hash, id: 't', dialect: 'directory', use: 'access', signedIn: false, rights: null } as const;
  await world.system().run(issueTokens, { user: { key: minnie.key }, tokens: [token] });
  assert.equal((await world.store.messages(1, 10)).length, 1);
  await world.system().run(deleteUser, { user: minnie.key });
  const left = await world.store.load({
    tokens: [hash],
    secretsOf: [minnie.key],
    ids: [{ dialect: 'zitadel', value: '1' }],
  });
  assert.equal(left.tokens.size, 0);
  assert.deepEqual(left.secrets.get(minnie.key) ?? [], []);
  assert.equal(left.ids.size, 1);
  assert.equal((await world.store.messages(1, 10)).length, 0);
  await assert.rejects(world.system().get(minnie.key), { reason: 'user_not_found' });
  await assert.rejects(world.system().run(updateUser, { user: minnie.key, patch: {} }), { reason: 'user_not_found' });
  assert.notEqual((await world.create({ username: 'Minnie' })).key, minnie.key);
});

test('a code confirms the address that it was made for, once', async () => {
  const email = { address: 'mini@mouse.com', code: { deliver: 'return' } } as const;
  const { result } = await world.system('zitadel').run(updateUser, { user: minnie.key, email });
  const confirm = (given: string) => world.system().run(confirmCode, { user: minnie.key, code: 'email', given });
  await assert.rejects(confirm('wrong!'), { code: 'invalid_argument', reason: 'code_wrong' });
  const { user } = await confirm(result.emailCode ?? '');
  assert.equal(user?.fields['email.verifiedAt'], '2026-11-21T10:00:00.000Z');
  await assert.rejects(confirm(result.emailCode ?? ''), { reason: 'code_not_requested' });
});

test('a code for a former address confirms nothing', async () => {
  const email = { address: 'mini@mouse.com', code: { deliver: 'return' } } as const;
  const { result } = await world.system('zitadel').run(updateUser, { user: minnie.key, email });
  await world.system().run(updateUser, { user: minnie.key, email: { address: 'other@mouse.com' } });
  const given = result.emailCode ?? '';
  await assert.rejects(world.system().run(confirmCode, { user: minnie.key, code: 'email', given }), {
    reason: 'code_not_requested',
  });
});

test('a dry run verifies no code and counts no guess', async () => {
  const email = { address: 'mini@mouse.com', code: { deliver: 'return' } } as const;
  const { result } = await world.system('zitadel').run(updateUser, { user: minnie.key, email });
  const confirm = (given: string, dryRun: boolean) =>
    world.system().run(confirmCode, { user: minnie.key, code: 'email', given }, { dryRun });
  for (let guess = 0; guess < 12; guess++) await confirm('wrong!', true);
  assert.equal((await confirm(result.emailCode ?? '', true)).user?.fields['email.verifiedAt'], undefined);
  assert.notEqual((await confirm(result.emailCode ?? '', false)).user?.fields['email.verifiedAt'], undefined);
});

test('a code needs somewhere to go', async () => {
  const ask = (code: 'email' | 'phone' | 'password', more = {}) =>
    world.system().run(requestCode, { user: minnie.key, code, deliver: 'send', ...more });
  await assert.rejects(ask('email'), { reason: 'email_missing' });
  await assert.rejects(ask('phone'), { reason: 'phone_missing' });
  await assert.rejects(ask('password'), { reason: 'email_missing' });
  await assert.rejects(ask('password', { channel: 'text' }), { reason: 'phone_missing' });
});

test('a code is made again only where there is one', async () => {
  await world.system().run(updateUser, { user: minnie.key, email: { address: 'mini@mouse.com' } });
  const ask = (more: object) =>
    world.system().run(requestCode, { user: minnie.key, code: 'email', deliver: 'send', ...more });
  await assert.rejects(ask({ onlyAgain: true }), { code: 'failed_precondition', reason: 'code_not_requested' });
  await ask({});
  await ask({ onlyAgain: true });
  assert.equal((await world.store.messages(1, 10)).length, 2);
});

test('a code is for a user of the kind that was meant, and for one who is active where that is asked for', async () => {
  const [machine, initial] = [
    await world.create({ username: 'robot', kind: 'machine' }),
    await world.create({ username: 'initial', lifecycle: 'initial' }),
  ];
  const code = { code: 'email', deliver: 'send' } as const;
  const ask = (user: number, more: object) => world.system().run(requestCode, { user, ...code, ...more });
  await assert.rejects(ask(machine.key, { kind: 'human' }), { reason: 'user_not_found' });
  await assert.rejects(ask(initial.key, { initialized: true }), { reason: 'user_initial' });
  await assert.rejects(ask(initial.key, {}), { reason: 'email_missing' });
});

test('without a username a user is called by its id, given or fresh, if that is free', async () => {
  const create = (more: object) =>
    world.system().run(createUser, { realm: 1, kind: 'machine', namedByIdIn: 'zitadel', ...more });
  const [fresh, given] = [await create({}), await create({ ids: { zitadel: 'given-id' } })];
  assert.equal(fresh.user?.fields.username, fresh.user?.ids.zitadel);
  assert.equal(given.user?.fields.username, 'given-id');
  assert.equal((await create({ patch: { username: 'robot' } })).user?.fields.username, 'robot');
  await world.create({ username: 'taken-name' });
  await assert.rejects(create({ ids: { zitadel: 'taken-name' } }), { reason: 'username_taken' });
  const next = String(Number(given.user?.ids.devicehive) + 5);
  await world.create({ username: next });
  await assert.rejects(create({}), { reason: 'username_taken' });
  await assert.rejects(create({ namedByIdIn: 'nowhere' }), { reason: 'field_required' });
});
