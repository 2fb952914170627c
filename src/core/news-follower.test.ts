import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { TokenHolder } from '#auth/guard.ts';
import { TokenGuard } from '#auth/token-guard.ts';
import { cheapHasher, openTestDirectory, quietLog, type TestDirectory, viaOf } from '#test/directory.ts';
import { type PostgresProxy, statement } from '#test/postgres/proxy.ts';
import { type TestDatabase, testDatabase } from '#test/postgres/shared-store.ts';
import type { Change } from './change.ts';
import { createClient, revokeClient } from './commands/clients.ts';
import { deleteUser } from './commands/delete-user.ts';
import { setPassword } from './commands/set-password.ts';
import { setState } from './commands/set-state.ts';
import { revokeToken } from './commands/tokens.ts';
import { updateUser } from './commands/update-user.ts';
import { confirmedForMs, NewsFollower } from './news-follower.ts';
import { plainPasswordRules } from './policies/password-rules.ts';
import type { Store } from './ports.ts';
import type { Realm } from './realm.ts';
import { hashToken } from './token.ts';
import type { User } from './user.ts';

/** A directory with what remembers, as a process of its own; time is told to it, and it asks when it is told to. */
interface Process extends TestDirectory {
  readonly guard: TokenGuard;
  readonly follower: NewsFollower;
  pass(ms: number): void;
}

async function start(database: TestDatabase, seed: number, proxy?: PostgresProxy): Promise<Process> {
  const store = (await database.open(proxy)) as Required<Store>;
  const world = await openTestDirectory({ store, seed });
  let now = 0;
  const tell = world.directory.announce.bind(world.directory);
  const follower = new NewsFollower({ store, tell, elapsedMs: () => now, log: quietLog });
  const guard = new TokenGuard({ ...world, hasher: cheapHasher, confirming: follower });
  await follower.poll();
  const pass = (ms: number) => {
    now += ms;
  };
  return { ...world, guard, follower, pass };
}

async function two(context: TestContext): Promise<{ database: TestDatabase; here: Process; there: Process }> {
  const database = await testDatabase(context);
  const [here, there] = [await start(database, 1), await start(database, 2)];
  context.after(() => Promise.all([here.close(), there.close()]));
  return { database, here, there };
}

const accela = 'accela';
const password = (plain: string) => ({ set: { plain }, rules: plainPasswordRules, lockAfterAttempts: 0 });

async function issue({ guard }: Process, token: string, holder: TokenHolder): Promise<void> {
  const row = { token, use: 'access', dialect: accela, rights: null, signedIn: true } as const;
  await guard.issue(holder, [row], viaOf(accela));
}

type Ending = (process: TestDirectory, user: User) => Promise<unknown>;

const endings: Readonly<Record<string, readonly [reason: string, end: Ending]>> = {
  'a lock': ['user_locked', ({ system }, { key: user }) => system().run(setState, { user, action: 'lock' })],
  'being disabled': [
    'user_disabled',
    ({ system }, { key: user }) => system().run(setState, { user, action: 'disable' }),
  ],
  'a new password': [
    'token_invalid',
    ({ system }, { key: user }) => system().run(setPassword, { user, password: password('another-password') }),
  ],
  'a revocation': [
    'token_invalid',
    async ({ system, store }, { key: user }) => {
      const [token] = await store.tokensOf(user, 1);
      await system().run(revokeToken, { id: token?.id ?? '', holder: { user } });
    },
  ],
  'a deletion': ['token_invalid', ({ system }, { key: user }) => system().run(deleteUser, { user })],
};

test('what another process has done to a user or its token holds once the store has been asked', async (context) => {
  const { here, there } = await two(context);
  for (const [name, [reason, end]] of Object.entries(endings)) {
    const user = await there.create({ username: name, password: password('right-password') });
    await issue(there, name, { user });
    await here.follower.poll();
    await here.guard.authenticate(name, accela);
    await end(there, user);
    // It is remembered: without that, nothing would be tested here.
    await here.guard.authenticate(name, accela);
    await here.follower.poll();
    await assert.rejects(here.guard.authenticate(name, accela), { reason }, name);
  }
});

test('new rights, a client that is shut out, and a realm that has changed are told as well', async (context) => {
  const { here, there } = await two(context);
  const user = await there.create({ username: 'minnie' });
  const client = { dialect: accela, id: 'app' };
  await there.system().run(createClient, { ...client, realm: 1, name: 'App', secret: 'a-secret-of-the-app' });
  await issue(there, 'of the user', { user });
  await issue(there, 'of the client', { client });
  for (const token of ['of the user', 'of the client']) await here.guard.authenticate(token, accela);
  assert.equal((await here.directory.realm(1)).fields.name, 'realm-1');

  await there.system().run(updateUser, { user: user.key, administers: { accela: true } });
  await there.system().run(revokeClient, client);
  await renameRealm(there);
  await here.follower.poll();
  assert.deepEqual((await here.guard.authenticate('of the user', accela)).administers, [accela]);
  await assert.rejects(here.guard.authenticate('of the client', accela), { reason: 'token_invalid' });
  assert.equal((await here.directory.realm(1)).fields.name, 'renamed');
});

/** As no command does yet. */
async function renameRealm({ store }: TestDirectory): Promise<void> {
  const realm = (await store.load({ realms: [1] })).realms.get(1) as Realm;
  const [change] = await store.changesOf('realm', 1);
  const renamed = { ...realm, fields: { ...realm.fields, name: 'renamed' }, version: 2 };
  await store.apply([{ realm: { after: renamed, before: 1 }, change: { ...(change as Change), version: 2 } }]);
}

test('what is remembered holds for a second without being confirmed, and then until it is confirmed', async (context) => {
  const { here, there } = await two(context);
  const user = await there.create({ username: 'minnie' });
  await issue(there, 'token', { user });
  await here.follower.poll();
  await here.guard.authenticate('token', accela);
  here.pass(confirmedForMs);
  assert.equal(here.follower.confirm(), undefined);
  await there.system().run(setState, { user: user.key, action: 'lock' });
  await here.guard.authenticate('token', accela);
  here.pass(1);
  // Nobody has asked in time, so it is asked now.
  await assert.rejects(here.guard.authenticate('token', accela), { reason: 'user_locked' });
});

test('who is cut off from the store refuses what it remembers and what it does not, until it is back', async (context) => {
  const database = await testDatabase(context);
  const proxy = await database.proxy();
  const here = await start(database, 1, proxy);
  context.after(() => here.close());
  const user = await here.create({ username: 'minnie' });
  for (const token of ['remembered', 'other']) await issue(here, token, { user });
  await here.follower.poll();
  await here.guard.authenticate('remembered', accela);
  proxy.stallAll();
  here.pass(confirmedForMs);
  await here.guard.authenticate('remembered', accela);
  here.pass(1);
  const refusal = { code: 'unavailable', reason: 'store_unavailable' };
  await assert.rejects(here.guard.authenticate('remembered', accela), refusal);
  await assert.rejects(here.guard.authenticate('other', accela), refusal);
  await assert.rejects(here.guard.refresh('remembered', accela), refusal);
  proxy.resume();
  while (here.follower.confirm()) await here.follower.poll();
  await here.guard.authenticate('remembered', accela);
});

test('what was read too long ago is not used, though it has only just arrived', async (context) => {
  const database = await testDatabase(context);
  const proxy = await database.proxy();
  const here = await start(database, 1, proxy);
  context.after(() => here.close());
  await issue(here, 'token', { user: await here.create({ username: 'minnie' }) });
  const point = proxy.stall('after', statement(/FROM tokens/));
  const late = here.guard.authenticate('token', accela);
  await point.reached;
  here.pass(confirmedForMs + 1);
  proxy.resume();
  await assert.rejects(late, { code: 'unavailable', reason: 'store_unavailable' });
});

test('the store is asked once at a time', async (context) => {
  const database = await testDatabase(context);
  const proxy = await database.proxy();
  const here = await start(database, 1, proxy);
  context.after(() => here.close());
  proxy.clear();
  await Promise.all([here.follower.poll(), here.follower.poll(), here.follower.poll()]);
  assert.equal(proxy.messages.filter(statement(/FROM revocations/)).length, 1);
});

test('who has missed what nobody can tell any more forgets all that it remembers', async (context) => {
  const { database, here, there } = await two(context);
  const user = await there.create({ username: 'minnie' });
  for (const token of ['revoked', 'other']) await issue(there, token, { user });
  const { id } = (await there.store.load({ tokens: [hashToken('revoked')] })).tokens.get(hashToken('revoked')) ?? {};
  await here.follower.poll();
  await here.guard.authenticate('revoked', accela);
  await there.system().run(revokeToken, { id: id ?? '', holder: { user: user.key } });
  await database.query('DELETE FROM revocations');
  await here.follower.poll();
  await assert.rejects(here.guard.authenticate('revoked', accela), { reason: 'token_invalid' });
  await here.guard.authenticate('other', accela);

  await there.system().run(setState, { user: user.key, action: 'lock' });
  // A server that has taken over without the last transactions, and has made others since.
  await database.query('UPDATE feed_heads SET n = 1');
  await here.follower.poll();
  await assert.rejects(here.guard.authenticate('other', accela), { reason: 'user_locked' });
});
