import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { User } from '#core/user.ts';
import { probes } from './probes.ts';
import { startServer, type TestServer } from './server.ts';
import { stores } from './stores.ts';

// Two updates that race give what one after the other would have given, whatever a dialect leaves out as unchanged.

const rounds = 40;

for (const store of stores) {
  describe(`on ${store.name}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startServer(await store.environment());
    });
    after(() => server.close());

    for (const dialect of probes.keys()) {
      test(`two updates through ${dialect} that race leave no mixture`, () => race(server, dialect));
    }
  });
}

async function race(server: TestServer, dialect: string): Promise<void> {
  const probe = probes.get(dialect) ?? assert.fail(`there is no probe of ${dialect}`);
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  const start = { username: `a-${dialect}`, email: `a@${dialect}.test` };
  const email = { address: start.email };
  const { user } = await system.run(createUser, {
    realm: 1,
    kind: 'human',
    patch: { username: start.username },
    email,
  });
  const { key, ids } = user as User;
  const id = ids[dialect] ?? '';
  const one = { username: start.username, email: `x@${dialect}.test` };
  const other = { username: `b-${dialect}`, email: `y@${dialect}.test` };
  for (let round = 0; round < rounds; round++) {
    await system.run(updateUser, { user: key, patch: { username: start.username }, email });
    await Promise.all([probe.update(server, id, one), probe.update(server, id, other)]);
    const { fields } = await system.get(key);
    const left = { username: fields.username, email: fields['email.address'] };
    const outcomes =
      'email' in (await shownMembers(server, dialect, id)) ? [one, other] : [one, other].map(withoutEmail(start));
    assert.ok(
      outcomes.some(({ username, email: address }) => username === left.username && address === left.email),
      JSON.stringify(left),
    );
  }
}

/** Whether the dialect knows mail addresses at all: what it shows says so. */
async function shownMembers(server: TestServer, dialect: string, id: string): Promise<object> {
  const shown = JSON.stringify(await probes.get(dialect)?.read(server, id));
  return shown.includes('@') ? { email: true } : {};
}

function withoutEmail(start: { email: string }) {
  return ({ username }: { username: string }) => ({ username, email: start.email });
}
