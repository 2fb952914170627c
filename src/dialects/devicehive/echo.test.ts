import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import { probe } from './probe.ts';
import { serve } from './test-session.ts';

const bothStates = { locked: true, disabled: true };

/** Users as other dialects leave them, each with what the vendor's `status` and `role` show of it. */
const users: [Partial<CreateUserInput>, number, number][] = [
  [{}, 0, 1],
  [{ lifecycle: 'initial' }, 0, 1],
  [{ lifecycle: 'initial', state: { locked: true } }, 0, 1],
  [{ state: { locked: true } }, 1, 1],
  [{ state: { disabled: true } }, 2, 1],
  [{ state: bothStates }, 2, 1],
  [{ administers: { directory: true } }, 0, 0],
  [{ administers: { devicehive: true } }, 0, 0],
  [{ administers: { twosms: true }, kind: 'machine' }, 0, 1],
  [{ patch: { username: 'Minnie Mouse, of ~ the club', data: { deep: [{ __proto__: null, a: 1.5e-7 }] } } }, 0, 1],
  [{ patch: { username: 'm' } }, 0, 1],
  [{ patch: { username: 'x', 'loginNames.devicehive': 'Zoë ☺' } }, 0, 1],
];

test('reading and writing back changes nothing, in any state', async (t) => {
  const { server, read } = await serve(t);
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  for (const [index, [given, status, role]] of users.entries()) {
    const input = { realm: 1, kind: 'human' as const, ...given, patch: { username: `user-${index}`, ...given.patch } };
    const { user } = await system.run(createUser, input);
    assert.ok(user);
    const id = String(user.ids.devicehive);
    const shown = await read(Number(id));
    assert.deepEqual([shown.status, shown.role], [status, role], JSON.stringify(given));
    await probe.echo(server, id);
    const after = await system.get(user.key);
    assert.equal(after.version, user.version, JSON.stringify(given));
    assert.deepEqual(await read(Number(id)), shown);
  }
});

test('the owner can be echoed', async (t) => {
  const { server, read } = await serve(t);
  const shown = await read(1);
  await probe.echo(server, '1');
  assert.deepEqual(await read(1), shown);
});

test('an administrator can wish status 0 on a locked or disabled user, and it is so', async (t) => {
  const { server, owner, insert, read } = await serve(t);
  const id = await insert({ login: 'minnie' });
  const key = (await server.directory.resolve('devicehive', String(id))) ?? 0;
  await server.directory.as(systemActor, { dialect: 'directory' }).run(updateUser, { user: key, state: bothStates });
  await owner.ask('user/update', { userId: id, user: { status: 1 } });
  assert.equal((await read(id)).status, 1);
  await owner.ask('user/update', { userId: id, user: { status: 0 } });
  assert.equal((await read(id)).status, 0);
});
