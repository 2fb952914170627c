import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { deleteUser } from '#core/commands/delete-user.ts';
import { grantOwnership } from '#core/commands/grant-ownership.ts';
import { requestCode } from '#core/commands/request-code.ts';
import { setState } from '#core/commands/set-state.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { UpdateUserInput } from '#core/commands/user-input.ts';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { plainPasswordRules } from './password-rules.ts';

let world: TestDirectory;
const worlds: TestDirectory[] = [];

beforeEach(async () => {
  world = await openTestDirectory();
  worlds.push(world);
});
after(() => Promise.all(worlds.map((each) => each.close())));

const user = (username: string, administers: string[] = [], realm = 1): Promise<User> =>
  world.create({ username, realm, patch: administers.length > 0 ? { administers } : {} });
const may = async (who: User, whom: User, input: Omit<UpdateUserInput, 'user'>, dialect = 'devicehive') =>
  world.as(await world.actor(who.key), dialect).run(updateUser, { user: whom.key, ...input });
const denied = { code: 'permission_denied', reason: 'not_permitted' } as const;
const name = { patch: { 'profile.givenName': 'X' } } as const;

test('a user changes itself, and nobody else', async () => {
  const [minnie, mickey] = [await user('minnie'), await user('mickey')];
  await may(minnie, minnie, name);
  await assert.rejects(may(minnie, mickey, name), denied);
  await assert.rejects(may(minnie, mickey, {}), denied);
});

test('a user cannot give itself what only an administrator gives', async () => {
  const minnie = await user('minnie');
  const attempts: Omit<UpdateUserInput, 'user'>[] = [
    { patch: { administers: ['devicehive'] } },
    { administers: { devicehive: true } },
    { patch: { registeredAt: '2020-01-01T00:00:00.000Z' } },
    { patch: { 'extensions.accela.role': 'AUTH_AGENT' } },
    { email: { address: 'a@b.c', verified: true } },
    { state: { locked: true } },
    { state: { disabled: true } },
    { state: { locked: false } },
    { password: { set: { plain: 'new-password' }, rules: plainPasswordRules, lockAfterAttempts: 0 } },
  ];
  for (const attempt of attempts) await assert.rejects(may(minnie, minnie, attempt), denied, JSON.stringify(attempt));
  assert.equal((await world.user(minnie.key)).version, 1);
  const byItself = {
    set: { plain: 'new-password' },
    rules: plainPasswordRules,
    lockAfterAttempts: 0,
    byUserItself: true,
  };
  await may(minnie, minnie, { password: byItself });
});

test('a user changes its own verified address, and is handed no code for it', async () => {
  const minnie = await user('minnie');
  const phone = { number: '+41791234567', entered: '+41791234567', sameBy: 'number' } as const;
  const email = { address: 'a@b.c' } as const;
  await world.system().run(updateUser, {
    user: minnie.key,
    email: { ...email, verified: true },
    phone: { ...phone, verified: true },
  });
  const asked = { deliver: 'return' } as const;
  for (const attempt of [{ email: { ...email, code: asked } }, { phone: { ...phone, code: asked } }]) {
    await assert.rejects(may(minnie, minnie, attempt), denied, 'also for the present address');
  }
  await assert.rejects(may(minnie, minnie, { email: { ...email, verified: true } }), denied);
  const moved = await may(minnie, minnie, { email: { address: 'b@b.c' }, phone: null });
  assert.equal(moved.user?.fields['email.verifiedAt'], undefined);
  assert.equal(moved.user?.fields['phone.verifiedAt'], undefined);
});

test('the consent of a user and ownership are written by nobody', async () => {
  const root = await user('root', ['directory']);
  await assert.rejects(may(root, root, { patch: { 'consent.agreedAt': '2020-01-01T00:00:00.000Z' } }), denied);
  await assert.rejects(may(root, root, { patch: { owner: true } }), { reason: 'field_read_only' });
});

test('an administrator of one dialect administers through that dialect alone', async () => {
  const [admin, minnie] = [await user('admin', ['devicehive']), await user('minnie')];
  await may(admin, minnie, { state: { locked: true } });
  await assert.rejects(may(admin, minnie, name, 'zitadel'), denied);
  await assert.rejects(world.as(await world.actor(admin.key), 'zitadel').get(minnie.key), denied);
  const create = { realm: 1, kind: 'human', patch: { username: 'x' } } as const;
  await assert.rejects(world.as(await world.actor(admin.key), 'zitadel').run(createUser, create), denied);
  await world.as(await world.actor(admin.key), 'devicehive').run(createUser, create);
});

test('an administrator grants what it has and no more', async () => {
  const [admin, minnie, root] = [
    await user('admin', ['devicehive']),
    await user('minnie'),
    await user('root', ['directory']),
  ];
  await assert.rejects(may(admin, minnie, { administers: { directory: true } }), denied);
  await assert.rejects(may(admin, minnie, { administers: { zitadel: true } }), denied);
  const granted = await may(admin, minnie, { administers: { devicehive: true } });
  assert.deepEqual(granted.user?.fields.administers, ['devicehive']);
  await may(root, minnie, { administers: { zitadel: true, directory: true } });
});

test('nobody changes somebody who administers more than himself', async () => {
  const [admin, root] = [await user('admin', ['devicehive']), await user('root', ['directory'])];
  const zitadelAdmin = await user('zadmin', ['zitadel']);
  const owner = await user('owner');
  await world.system().run(grantOwnership, {
    user: owner.key,
    ownership: { tokenHash: hashToken('muster_x'), given: {}, announced: true, check: '' },
  });
  for (const [who, whom] of [
    [admin, root],
    [admin, zitadelAdmin],
    [admin, owner],
    [root, owner],
  ] as const) {
    await assert.rejects(may(who, whom, name), { code: 'permission_denied', reason: 'outranked' });
  }
  await may(root, zitadelAdmin, name);
  await may(owner, root, name);
});

test('realms never see each other', async () => {
  const [root, stranger] = [await user('root', ['directory']), await user('stranger', [], 2)];
  await assert.rejects(may(root, stranger, name), { code: 'not_found', reason: 'user_not_found' });
  const acting = world.as(await world.actor(root.key));
  await assert.rejects(acting.get(stranger.key), { code: 'not_found' });
  await assert.rejects(acting.run(setState, { user: stranger.key, action: 'lock' }), { code: 'not_found' });
  await assert.rejects(acting.run(deleteUser, { user: stranger.key }), { code: 'not_found' });
  await assert.rejects(acting.run(createUser, { realm: 2, kind: 'human', patch: { username: 'x' } }), denied);
  const found = await acting.find({ op: 'all' }, { offset: 0, limit: 10 });
  assert.deepEqual(
    found.users.map(({ fields }) => fields.username),
    ['root'],
  );
});

test('a user finds itself alone, and is handed no code', async () => {
  const [minnie] = [await user('minnie'), await user('mickey')];
  const acting = world.as(await world.actor(minnie.key));
  assert.equal((await acting.find({ op: 'all' }, { offset: 0, limit: 10 })).users.length, 1);
  await assert.rejects(acting.run(requestCode, { user: minnie.key, code: 'password', deliver: 'return' }), denied);
  await assert.rejects(acting.run(deleteUser, { user: minnie.key }), denied);
  await assert.rejects(acting.run(setState, { user: minnie.key, action: 'lock' }), denied);
});

test("messages, histories and realms are not everybody's", async () => {
  const [minnie, mickey] = [await user('minnie'), await user('mickey')];
  const acting = world.as(await world.actor(minnie.key));
  await assert.rejects(acting.messages(10), denied);
  await assert.rejects(acting.changesOf(mickey.key), denied);
  const fields = { name: 'mine', language: 'en', region: 'US', timeZone: 'UTC' };
  await assert.rejects(acting.run(createRealm, { key: 9, ids: {}, fields }), denied);
  const root = world.as(await world.actor((await user('root', ['directory'])).key));
  await assert.rejects(root.run(createRealm, { key: 9, ids: {}, fields }), denied);
  assert.equal((await acting.changesOf(minnie.key)).length, 1);
});

test('a deleted user is gone, but not its history', async () => {
  const [minnie, root] = [await user('minnie'), await user('root', ['directory'])];
  const acting = world.as(await world.actor(root.key));
  await acting.run(deleteUser, { user: minnie.key });
  await assert.rejects(acting.get(minnie.key), { code: 'not_found' });
  assert.deepEqual(
    (await acting.changesOf(minnie.key)).map(({ command }) => command),
    ['create-user', 'delete-user'],
  );
});

test('the owner of the directory can be neither locked, disabled nor deleted', async () => {
  const owner = await user('owner');
  await world.system().run(grantOwnership, {
    user: owner.key,
    ownership: { tokenHash: hashToken('muster_x'), given: {}, announced: true, check: '' },
  });
  const acting = world.as(await world.actor(owner.key));
  const last = { code: 'failed_precondition', reason: 'last_owner' } as const;
  for (const action of ['lock', 'disable'] as const) {
    await assert.rejects(acting.run(setState, { user: owner.key, action }), last);
  }
  await assert.rejects(acting.run(deleteUser, { user: owner.key }), last);
  await assert.rejects(may(owner, owner, { state: { disabled: true } }), last);
});

test('rights that were taken away while a command waited are not used', async () => {
  const [admin, minnie] = [await user('admin', ['devicehive']), await user('minnie')];
  const actor = await world.actor(admin.key);
  await world.system().run(updateUser, { user: admin.key, administers: { devicehive: false } });
  await assert.rejects(world.as(actor, 'devicehive').run(updateUser, { user: minnie.key, ...name }), denied);
  await world.system().run(setState, { user: admin.key, action: 'lock' });
  await assert.rejects(world.as(actor, 'devicehive').run(updateUser, { user: admin.key, ...name }), {
    code: 'unauthenticated',
    reason: 'user_locked',
  });
  const withToken = { ...actor, token: { hash: hashToken('revoked'), rights: null, signedIn: false } };
  await assert.rejects(world.as(withToken).run(updateUser, { user: admin.key, ...name }), { reason: 'token_invalid' });
});
