import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import { serve, told } from './test-session.ts';

const denied = [403, 'Access is denied'];
const administratorsOnly = [403, 'Admin permissions required for this action'];
const taken = [403, 'User with such login already exists. Please, select another one'];
const notFound = (id: number) => [404, `User with id = ${id} not found`];

test('a new user is answered without login, role and status, and read with them', async (t) => {
  const { owner, read } = await serve(t);
  const user = { login: 'minnie', role: 1, password: 'secret', data: { a: [1, null] }, passwordConfirmation: 'x' };
  const { user: created } = await owner.ask('user/insert', { user });
  const rest = { lastLogin: null, data: { a: [1, null] }, introReviewed: false, allDeviceTypesAvailable: true };
  assert.equal(JSON.stringify(created), JSON.stringify({ id: 2, ...rest }));
  const shown = { id: 2, login: 'minnie', role: 1, status: 0, ...rest, networks: [] };
  assert.equal(JSON.stringify(await read(2)), JSON.stringify(shown));
});

test('a new user can be an administrator, disabled, locked, and without all device types', async (t) => {
  const { insert, read } = await serve(t);
  const shown = async (user: { login: string } & JsonObject) => {
    const { role, status, introReviewed, allDeviceTypesAvailable } = await read(await insert(user));
    return [role, status, introReviewed, allDeviceTypesAvailable];
  };
  assert.deepEqual(await shown({ login: 'one', role: 0, introReviewed: true }), [0, 0, true, true]);
  assert.deepEqual(await shown({ login: 'two', status: 1 }), [1, 1, false, true]);
  assert.deepEqual(await shown({ login: 'three', status: 2, allDeviceTypesAvailable: false }), [1, 2, false, false]);
});

test('user/insert refuses what the vendor refuses', async (t) => {
  const { owner, insert, signIn, connect } = await serve(t);
  await insert({ login: 'minnie' });
  const user = { login: 'MINNIE', role: 1, password: 'secret' };
  assert.deepEqual(await told(owner.ask('user/insert', { user })), taken);
  assert.deepEqual(await told(owner.ask('user/insert', {})), [400, 'User is required']);
  assert.deepEqual(await told(owner.ask('user/insert', { user: 'x' })), [400, 'Malformed Json received.']);
  const short = { login: 'mickey', role: 1, password: 'short' };
  const passwordText = 'Password can contain only from 6 to 128 symbols!';
  assert.deepEqual(await told(owner.ask('user/insert', { user: short })), [400, passwordText]);
  const minnie = await connect((await signIn('minnie')).accessToken);
  assert.deepEqual(await told(minnie.ask('user/insert', { user: { ...user, login: 'mickey' } })), denied);
});

test('user/get shows everybody to administrators, and to others nobody but themselves', async (t) => {
  const { server, owner, insert, connect } = await serve(t);
  const id = await insert({ login: 'minnie' });
  assert.deepEqual(await told(owner.ask('user/get', { userId: 99 })), notFound(99));
  assert.deepEqual(await told(owner.ask('user/get', {})), [400, 'User id is wrong or empty']);
  assert.deepEqual(await told(owner.ask('user/get', { userId: 'x' })), [400, 'Malformed Json received.']);
  const payload = { userId: id, actions: ['ManageUser'] };
  const minnie = await connect(String((await owner.ask('token/create', { payload })).accessToken));
  assert.equal(((await minnie.ask('user/get', { userId: id })).user as JsonObject).login, 'minnie');
  assert.deepEqual(await told(minnie.ask('user/get', { userId: 1 })), notFound(1));
  assert.deepEqual(await told(minnie.ask('user/get', { userId: 99 })), notFound(99));
  assert.ok(server);
});

test('an administrator updates everything of another user', async (t) => {
  const { owner, insert, read, signIn } = await serve(t);
  const id = await insert({ login: 'minnie', data: { old: true } });
  const user = { login: 'mouse', role: 0, password: 'another', data: { new: 1 }, introReviewed: true };
  const answer = await owner.ask('user/update', { requestId: 'r', userId: id, user });
  assert.deepEqual(answer, { action: 'user/update', requestId: 'r', status: 'success' });
  const { login, role, data, introReviewed } = await read(id);
  assert.deepEqual(
    { login, role, data, introReviewed },
    { login: 'mouse', role: 0, data: { new: 1 }, introReviewed: true },
  );
  await signIn('mouse', 'another');
  await owner.ask('user/update', { userId: id, user: { role: 1, status: 2 } });
  assert.deepEqual([(await read(id)).role, (await read(id)).status], [1, 2]);
});

test('data that is left out stays, null clears it, a value replaces it whole', async (t) => {
  const { owner, insert, read } = await serve(t);
  const id = await insert({ login: 'minnie', data: { a: 1, b: { c: 2 } } });
  const after = async (user: object) => {
    await owner.ask('user/update', { userId: id, user });
    return (await read(id)).data;
  };
  assert.deepEqual(await after({ introReviewed: true }), { a: 1, b: { c: 2 } });
  assert.deepEqual(await after({ data: { b: {} } }), { b: {} });
  assert.equal(await after({ data: null }), null);
  const noObject = [400, "'parameters' must be JSON Object!"];
  assert.deepEqual(await told(owner.ask('user/update', { userId: id, user: { data: [] } })), noObject);
});

test('user/update tells first what is missing, then of rights, then of the user', async (t) => {
  const { owner, insert, signIn, connect } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const minnie = await connect((await signIn('minnie')).accessToken);
  assert.deepEqual(await told(owner.ask('user/update', { userId: id })), [400, 'User is required']);
  assert.deepEqual(await told(owner.ask('user/update', {})), [400, 'User is required']);
  assert.deepEqual(await told(owner.ask('user/update', { user: {} })), [400, 'User id is wrong or empty']);
  assert.deepEqual(await told(owner.ask('user/update', { userId: 99, user: { password: 'x' } })), notFound(99));
  assert.deepEqual(await told(minnie.ask('user/update', { userId: 1, user: {} })), denied);
  assert.deepEqual(await told(minnie.ask('user/update', { userId: 99, user: {} })), denied);
});

test('a user-level account sets its own password, data and introReviewed, by id, as current, or by updateCurrent', async (t) => {
  const { insert, signIn, connect, read } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const minnie = await connect((await signIn('minnie')).accessToken);
  const extras = { id: 1, lastLogin: 'x', login: null, role: null, status: null, networks: [] };
  await minnie.ask('user/update', { userId: 'current', user: { ...extras, data: { n: 1 } } });
  assert.deepEqual((await read(id)).data, { n: 1 });
  await minnie.ask('user/update', { userId: id, user: { ...extras, data: { n: 2 }, introReviewed: true } });
  assert.deepEqual([(await read(id)).data, (await read(id)).introReviewed], [{ n: 2 }, true]);
  await minnie.ask('user/updateCurrent', { userId: 1, user: { ...extras, data: null } });
  assert.equal((await read(id)).data, null);
  for (const member of [{ login: 'minnie' }, { role: 1 }, { status: 0 }]) {
    const other = { ...member, data: { n: 3 } };
    assert.deepEqual(await told(minnie.ask('user/update', { userId: 'current', user: other })), administratorsOnly);
    assert.deepEqual(await told(minnie.ask('user/update', { userId: id, user: other })), administratorsOnly);
    assert.deepEqual(await told(minnie.ask('user/updateCurrent', { user: other })), administratorsOnly);
  }
  assert.equal((await read(id)).data, null);
  await minnie.ask('user/update', { userId: 'current', user: { password: 'my own' } });
  await signIn('minnie', 'my own');
});

test('oneself needs UpdateCurrentUser, anybody else ManageUser', async (t) => {
  const { owner, insert, connect } = await serve(t);
  const id = await insert({ login: 'admin-two', role: 0 });
  const withActions = async (...actions: string[]) => {
    const payload = { userId: id, actions };
    return connect(String((await owner.ask('token/create', { payload })).accessToken));
  };
  const own = await withActions('UpdateCurrentUser');
  await own.ask('user/update', { userId: 'current', user: { data: {} } });
  await own.ask('user/update', { userId: id, user: { data: {} } });
  await own.ask('user/updateCurrent', { user: { data: {} } });
  const other = await insert({ login: 'minnie' });
  assert.deepEqual(await told(own.ask('user/update', { userId: other, user: {} })), denied);
  assert.deepEqual(await told(own.ask('user/getCurrent')), denied);
  const manager = await withActions('ManageUser');
  await manager.ask('user/update', { userId: other, user: { data: {} } });
  assert.deepEqual(await told(manager.ask('user/updateCurrent', { user: {} })), denied);
});

test('a login that is taken is refused, the same one is not, and its old form is free again', async (t) => {
  const { owner, insert, read } = await serve(t);
  const [minnie, mickey] = [await insert({ login: 'minnie' }), await insert({ login: 'mickey' })];
  assert.deepEqual(await told(owner.ask('user/update', { userId: mickey, user: { login: ' Minnie ' } })), taken);
  await owner.ask('user/update', { userId: minnie, user: { login: 'minnie' } });
  await owner.ask('user/update', { userId: minnie, user: { login: 'Minnie2' } });
  await owner.ask('user/update', { userId: mickey, user: { login: 'minnie' } });
  assert.deepEqual([(await read(minnie)).login, (await read(mickey)).login], ['Minnie2', 'minnie']);
});

test('the owner can be neither locked nor disabled, deleted nor demoted here', async (t) => {
  const { owner, insert, signIn, connect } = await serve(t);
  const lasting = [403, 'The owner of the directory cannot be locked or disabled.'];
  assert.deepEqual(await told(owner.ask('user/update', { userId: 1, user: { status: 1 } })), lasting);
  assert.deepEqual(await told(owner.ask('user/update', { userId: 1, user: { status: 2 } })), lasting);
  const whole = 'This user administers the whole directory, so its role cannot be taken away here';
  assert.deepEqual(await told(owner.ask('user/update', { userId: 'current', user: { role: 1 } })), [403, whole]);
  const self = 'You can not delete a user or access key that you use to authenticate this request';
  assert.deepEqual(await told(owner.ask('user/delete', { userId: 1 })), [403, self]);
  await insert({ login: 'second', role: 0 });
  const second = await connect((await signIn('second')).accessToken);
  const outranked = [403, 'This user administers more than you do.'];
  assert.deepEqual(await told(second.ask('user/update', { userId: 1, user: { password: 'my own now' } })), outranked);
  assert.deepEqual(await told(second.ask('user/delete', { userId: 1 })), outranked);
});

test('an administrator of this dialect makes and unmakes others, and may give up its own role', async (t) => {
  const { insert, signIn, connect, read } = await serve(t);
  const [second, third] = [await insert({ login: 'second', role: 0 }), await insert({ login: 'third' })];
  const session = await connect((await signIn('second')).accessToken);
  await session.ask('user/update', { userId: third, user: { role: 0 } });
  assert.equal((await read(third)).role, 0);
  await session.ask('user/update', { userId: third, user: { role: 1 } });
  assert.equal((await read(third)).role, 1);
  await session.ask('user/update', { userId: second, user: { role: 1 } });
  assert.deepEqual(await told(session.ask('user/update', { userId: third, user: { data: {} } })), denied);
});

test('user/delete takes a user away for good', async (t) => {
  const { owner, insert, signIn, connect } = await serve(t);
  const [minnie, mickey] = [await insert({ login: 'minnie' }), await insert({ login: 'mickey' })];
  const session = await connect((await signIn('mickey')).accessToken);
  assert.deepEqual(await told(session.ask('user/delete', { userId: minnie })), denied);
  const answer = await owner.ask('user/delete', { userId: minnie });
  assert.deepEqual(answer, { action: 'user/delete', requestId: null, status: 'success' });
  assert.deepEqual(await told(owner.ask('user/get', { userId: minnie })), notFound(minnie));
  assert.deepEqual(await told(owner.ask('user/delete', { userId: minnie })), notFound(minnie));
  assert.deepEqual(await told(owner.ask('user/update', { userId: minnie, user: {} })), notFound(minnie));
  assert.deepEqual(await told(owner.ask('user/delete', { userId: 99 })), notFound(99));
  assert.deepEqual(await told(owner.ask('user/delete', {})), [400, 'User id is wrong or empty']);
  assert.equal(await insert({ login: 'minnie' }), mickey + 1);
});

test('each update is one change, with its before and after', async (t) => {
  const { server, owner, insert } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const key = (await server.directory.resolve('devicehive', String(id))) ?? 0;
  await owner.ask('user/update', { userId: id, user: { login: 'mouse', status: 2, data: { a: 1 } } });
  await owner.ask('user/update', { userId: id, user: { login: 'mouse', status: 2, data: { a: 1 }, password: null } });
  const changes = await server.store.changesOf('user', key);
  assert.deepEqual([changes.length, changes[1]?.via, changes[1]?.actor.username], [2, 'devicehive', 'admin']);
  assert.equal(changes[1]?.address, '127.0.0.1');
  assert.deepEqual(changes[1]?.changes, {
    data: { before: null, after: { a: 1 } },
    disabledAt: { before: null, after: server.clock.now() },
    username: { before: 'minnie', after: 'mouse' },
  });
});
