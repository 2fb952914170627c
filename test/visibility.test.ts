import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { verifyChanges } from '#core/change.ts';
import { createUser } from '#core/commands/create-user.ts';
import type { User } from '#core/user.ts';
import { probes } from './probes.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.close());

const system = () => server.directory.as(systemActor, { dialect: 'directory' });

for (const [writer, write] of probes) {
  test(`what ${writer} changes, every other dialect shows in its very next read, and history has once`, async () => {
    const patch = { username: `before-${writer}` };
    const { user } = await system().run(createUser, { realm: 1, kind: 'human', patch });
    const { key, ids } = user as User;
    for (const [reader, read] of probes) {
      const username = `${writer}-for-${reader}`;
      await write.update(server, ids[writer] ?? '', { username });
      const shown = JSON.stringify(await read.read(server, ids[reader] ?? ''));
      assert.ok(shown.includes(`"${username}"`), `${reader} shows ${shown}`);
      const changes = await system().changesOf(key);
      assert.equal(changes.at(-1)?.via, writer);
      assert.equal(changes.at(-1)?.changes?.username?.after, username);
    }
    const changes = await system().changesOf(key);
    assert.equal(changes.length, 1 + probes.size);
    assert.deepEqual(verifyChanges(await system().get(key), changes), { ok: true });
  });
}
