import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { createToken, revokeToken } from '#core/commands/tokens.ts';
import { type Permission, permissions } from '#core/permissions.ts';
import type { User } from '#core/user.ts';
import { converse } from '#dialects/devicehive/probe.ts';
import { ProbeError } from '#dialects/probe.ts';
import { probes } from './probes.ts';
import { startServer, type TestServer } from './server.ts';

// A directory token that is limited to permissions opens every dialect, and no more than these in any of them.

let server: TestServer;
let boss: User;
before(async () => {
  server = await startServer();
  boss = await userOf('boss', { administers: ['directory'] });
});
after(() => server.close());

const system = () => server.directory.as(systemActor, { dialect: 'directory' });

async function userOf(username: string, patch = {}): Promise<User> {
  const email = { address: `${username}@mouse.test` };
  const created = await system().run(createUser, { realm: 1, kind: 'human', patch: { username, ...patch }, email });
  return created.user as User;
}

async function tokenWith(...limits: Permission[]): Promise<{ token: string; id: string }> {
  const { token = '', id } = (await system().run(createToken, { user: boss.key, permissions: limits })).result;
  return { token, id };
}

async function changeCount(): Promise<number> {
  return (await server.store.feed(undefined, 10_000)).length;
}

for (const [dialect, probe] of probes) {
  test(`through ${dialect} a token for reading changes nothing, neither others nor its own user`, async () => {
    const minnie = await userOf(`minnie-${dialect}`);
    const writers: Permission[][] = [['users.read'], permissions.filter((permission) => permission !== 'users.write')];
    for (const limits of writers) {
      const call = { origin: server.origin, token: (await tokenWith(...limits)).token };
      const before = await changeCount();
      for (const { key, ids } of [minnie, boss]) {
        const id = ids[dialect] ?? '';
        const user = await system().get(key);
        const steps = Object.entries(probe.states).map(([step, { run }]) => [step, () => run(call, id)] as const);
        const attempts: Record<string, () => Promise<unknown> | undefined> = {
          create: () => probe.create?.(call, { username: 'new', email: 'new@mouse.test' }),
          update: () => probe.update(call, id, { username: 'other', email: 'other@mouse.test' }),
          password: () => probe.update(call, id, { password: 'Another-passw0rd' }),
          delete: () => probe.delete?.(call, id),
          ...Object.fromEntries(steps),
        };
        for (const [what, attempt] of Object.entries(attempts)) {
          const attempted = attempt();
          if (attempted) await assert.rejects(attempted, isRefusal, what);
        }
        assert.deepEqual(await system().get(key), user);
      }
      assert.equal(await changeCount(), before);
    }
  });
}

/** In some vendor's words a missing right is no 403, but none of them calls it a success or a fault of the server. */
function isRefusal(error: unknown): boolean {
  return error instanceof ProbeError && error.status >= 400 && error.status < 500;
}

for (const [dialect, probe] of probes) {
  test(`through ${dialect} a token for writing writes, and one for reading reads`, async () => {
    const minnie = await userOf(`mickey-${dialect}`);
    const id = minnie.ids[dialect] ?? '';
    const reading = { origin: server.origin, token: (await tokenWith('users.read')).token };
    assert.ok(JSON.stringify(await probe.read(reading, id)).includes(`mickey-${dialect}`));
    const writing = { origin: server.origin, token: (await tokenWith('users.write')).token };
    await probe.update(writing, id, { username: `moved-${dialect}`, email: `moved-${dialect}@mouse.test` });
    assert.equal((await system().get(minnie.key)).fields.username, `moved-${dialect}`);
    const blind = { origin: server.origin, token: (await tokenWith('messages.read')).token };
    await assert.rejects(async () => probe.read(blind, id), ProbeError);
  });
}

test('no token that is limited is turned into a wider one through another dialect', async () => {
  const { token } = await tokenWith(...permissions);
  const conversation = await converse({ origin: server.origin, token });
  const wider = conversation.ask('token/create', { payload: { userId: Number(boss.ids['devicehive']), a: [0] } });
  await assert.rejects(wider, (error) => error instanceof ProbeError && [401, 403].includes(error.status));
  conversation.close();
});

test('a revoked token is refused at the next message of a socket that it opened', async () => {
  const { token = '', id } = (await system().run(createToken, { user: boss.key })).result;
  const conversation = await converse({ origin: server.origin, token });
  await conversation.ask('user/getCurrent');
  await system().run(revokeToken, { id, holder: { user: boss.key } });
  await assert.rejects(
    conversation.ask('user/getCurrent'),
    (error) => error instanceof ProbeError && error.status === 401,
  );
  conversation.close();
});
