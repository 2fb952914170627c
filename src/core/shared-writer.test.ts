import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openTestDirectory, type TestDirectory } from '#test/directory.ts';
import { interposed, type Moment, testDatabase } from '#test/postgres/shared-store.ts';
import type { Actor } from './actor.ts';
import { verifyChanges } from './change.ts';
import { createClient } from './commands/clients.ts';
import { createUser } from './commands/create-user.ts';
import { deleteUser } from './commands/delete-user.ts';
import { reviseUser } from './commands/revise-user.ts';
import { setMetadata } from './commands/set-metadata.ts';
import { setState } from './commands/set-state.ts';
import { createToken, revokeToken } from './commands/tokens.ts';
import { updateUser } from './commands/update-user.ts';
import { metadataLimits, recordedMetadata } from './metadata.ts';
import { allMetadata } from './metadata-search.ts';
import type { User } from './user.ts';

interface Rivals {
  readonly here: TestDirectory;
  readonly rival: TestDirectory;
  /** What the rival commits right before the next batch of ours is committed, or right after it. */
  meanwhile(commit: () => Promise<unknown>, moment?: Moment): void;
}

/** Two directories over one database, as in two processes. */
async function rivals(context: TestContext): Promise<Rivals> {
  const database = await testDatabase(context);
  let next: { readonly commit: () => Promise<unknown>; readonly moment: Moment } | undefined;
  const store = interposed(await database.open(), async (moment) => {
    if (next?.moment !== moment) return;
    const { commit } = next;
    next = undefined;
    await commit();
  });
  const here = await openTestDirectory({ store, seed: 1 });
  const rival = await openTestDirectory({ store: await database.open(), seed: 2 });
  context.after(() => Promise.all([here.close(), rival.close()]));
  const meanwhile = (commit: () => Promise<unknown>, moment: Moment = 'before') => {
    next = { commit, moment };
  };
  return { here, rival, meanwhile };
}

const rename = ({ system }: Pick<TestDirectory, 'system'>, { key: user }: User, givenName: string) =>
  system().run(updateUser, { user, patch: { 'profile.givenName': givenName } });

/** Commands that come while a batch is being committed, after the rival has committed something. */
async function duringBatch<Result>(
  { here, meanwhile }: Rivals,
  first: () => Promise<unknown>,
  commit: () => Promise<unknown>,
  then: () => Promise<Result>,
  moment: Moment = 'before',
): Promise<Result> {
  let outcome: Promise<Result> | undefined;
  meanwhile(async () => {
    await commit();
    outcome = then();
    outcome.catch(() => {});
    // Time enough for it to be decided on what the writer has read by now, if it did that.
    for (let waited = 0; waited < 50 && here.directory.waiting > 0; waited++) await new Promise(setImmediate);
  }, moment);
  await first();
  if (outcome === undefined) throw new Error('no batch has been committed');
  return await outcome;
}

test('a name that another process has freed can be taken at once, though it was read as taken', async (context) => {
  const both = await rivals(context);
  const { here, rival } = both;
  const donald = await rival.create({ username: 'donald' });
  const minnie = await rival.create({ username: 'minnie' });
  const take = () => here.system().run(updateUser, { user: minnie.key, patch: { username: 'donald' } });
  const first = () => Promise.allSettled([take(), rename(here, minnie, 'Minnie')]);
  const free = () => rival.system().run(deleteUser, { user: donald.key });
  const { user } = await duringBatch(both, first, free, take);
  assert.equal(user?.fields.username, 'donald');
});

test('what another process has changed is not taken for what it was before', async (context) => {
  const both = await rivals(context);
  const { here, rival } = both;
  const [minnie, donald] = [await rival.create({ username: 'minnie' }), await rival.create({ username: 'donald' })];
  await rename(rival, minnie, 'Minnie');
  const first = () => Promise.all([rename(here, minnie, 'Minnie'), rename(here, donald, 'Donald')]);
  const commit = () => rename(rival, minnie, 'Minerva');
  const { changed } = await duringBatch(both, first, commit, () => rename(here, minnie, 'Minnie'));
  assert.equal(changed, true);
  assert.equal((await rival.user(minnie.key)).fields['profile.givenName'], 'Minnie');
});

test('what was overtaken before anybody was told of it is not built upon', async (context) => {
  const both = await rivals(context);
  const { here, rival } = both;
  const minnie = await rival.create({ username: 'minnie' });
  const first = () => rename(here, minnie, 'Minnie');
  const overtake = () => rename(rival, minnie, 'Minerva');
  const { changed } = await duringBatch(both, first, overtake, first, 'after');
  assert.equal(changed, true);
  const patch = { 'profile.givenName': 'Min' };
  const { user } = await duringBatch(
    both,
    () => rename(here, minnie, 'Mini'),
    () => rival.system().run(updateUser, { user: minnie.key, patch: { 'profile.givenName': 'Mina' } }),
    () => here.system().run(updateUser, { user: minnie.key, patch }, { ifVersion: 6 }),
    'after',
  );
  assert.equal(user?.version, 7);
});

test('a command that waits when another process ends its token or its rights is refused', async (context) => {
  const both = await rivals(context);
  const { here, rival } = both;
  const minnie = await rival.create({ username: 'minnie' });
  const boss = await rival.create({ username: 'boss', administers: { directory: true } });
  const { id, hash } = (await rival.system().run(createToken, { user: boss.key })).result;
  const token = { hash, rights: null, signedIn: false, dialect: 'directory' };
  const actor: Actor = { ...(await rival.actor(boss.key)), token };
  let names = 0;
  const update = () => {
    names += 1;
    const patch = { 'profile.givenName': `Minnie ${names}` };
    return here.as(actor).run(updateUser, { user: minnie.key, patch });
  };
  const demote = () => rival.system().run(updateUser, { user: boss.key, administers: { directory: false } });
  await assert.rejects(duringBatch(both, update, demote, update), { code: 'permission_denied' });
  await rival.system().run(updateUser, { user: boss.key, administers: { directory: true } });
  const revoke = () => rival.system().run(revokeToken, { id, holder: { user: boss.key } });
  await assert.rejects(duringBatch(both, update, revoke, update), { reason: 'token_invalid' });
});

test('what was allowed by a grant of the same batch falls with that grant', async (context) => {
  const { here, rival, meanwhile } = await rivals(context);
  const owner = await rival.create({ username: 'boss', administers: { directory: true } });
  const [mickey, minnie] = [await rival.create({ username: 'mickey' }), await rival.create({ username: 'minnie' })];
  const [boss, granted] = [await rival.actor(owner.key), await rival.actor(mickey.key)];
  meanwhile(async () => {
    await rival.system().run(setState, { user: owner.key, action: 'lock' });
    await rename(rival, mickey, 'Mickey');
  });
  const [grant, use] = await Promise.allSettled([
    here.as(boss).run(updateUser, { user: mickey.key, administers: { directory: true } }),
    here.as(granted).run(updateUser, { user: minnie.key, patch: { 'profile.givenName': 'by mickey' } }),
  ]);
  assert.equal(grant.status === 'rejected' && grant.reason.reason, 'user_locked');
  assert.equal(use.status === 'rejected' && use.reason.code, 'permission_denied');
  assert.equal((await rival.store.changesOf('user', minnie.key)).length, 1);
});

test('a grant that is decided again stands, with what it allows', async (context) => {
  const { here, rival, meanwhile } = await rivals(context);
  const [mickey, minnie] = [await rival.create({ username: 'mickey' }), await rival.create({ username: 'minnie' })];
  const granted = await rival.actor(mickey.key);
  meanwhile(() => rename(rival, mickey, 'Mickey'));
  await Promise.all([
    here.system().run(updateUser, { user: mickey.key, administers: { directory: true } }),
    here.as(granted).run(updateUser, { user: minnie.key, patch: { 'profile.givenName': 'by mickey' } }),
  ]);
  assert.equal((await rival.user(minnie.key)).fields['profile.givenName'], 'by mickey');
});

test('processes that write the same user all get their turn, and each change is recorded once', async (context) => {
  const database = await testDatabase(context);
  const open = async (seed: number) => openTestDirectory({ store: await database.open(), seed });
  const first = await open(1);
  const worlds = [first, ...(await Promise.all([2, 3, 4].map(open)))];
  context.after(() => Promise.all(worlds.map((world) => world.close())));
  const minnie = await first.create({ username: 'minnie' });
  const [clients, rounds] = [8, 3];
  const write = async (world: TestDirectory, name: string): Promise<void> => {
    for (let round = 0; round < rounds; round++) await rename(world, minnie, `${name} ${round}`);
    const revise = () => ({ patch: { 'profile.familyName': name } });
    await world.system().run(reviseUser, { user: minnie.key, names: [], revise });
  };
  const each = worlds.flatMap((world, place) =>
    Array.from({ length: clients }, (_, client) => write(world, `${place}/${client}`)),
  );
  await Promise.all(each);
  const changes = await first.store.changesOf('user', minnie.key);
  assert.equal(changes.length, 1 + worlds.length * clients * (rounds + 1));
  assert.deepEqual(verifyChanges(await first.user(minnie.key), changes), { ok: true });
});

test('twins under one key in two processes: one runs, and the other is told what that came to', async (context) => {
  const { here, rival, meanwhile } = await rivals(context);
  const make = ({ system }: TestDirectory) => {
    const client = { dialect: 'accela', realm: 1, name: 'App' };
    return system().run(createClient, client, { idempotencyKey: 'key' });
  };
  let first: Awaited<ReturnType<typeof make>> | undefined;
  meanwhile(async () => {
    first = await make(rival);
  });
  assert.deepEqual((await make(here)).result, first?.result);
  assert.equal((await here.store.recordsIn(1, 'client', 10)).length, 1);
});

test('processes that want the same name: one gets it, and the others are told that it is taken', async (context) => {
  const { here, rival } = await rivals(context);
  const create = ({ system }: TestDirectory) =>
    system().run(createUser, { realm: 1, kind: 'human', patch: { username: 'minnie' } });
  const settled = await Promise.allSettled([here, rival, here, rival].map(create));
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const each of settled) if (each.status === 'rejected') assert.equal(each.reason.reason, 'username_taken');
});

test('two processes that set one key: the last one stands, and history has both', async (context) => {
  const both = await rivals(context);
  const { here, rival } = both;
  const { key: user } = await here.create({ username: 'minnie' });
  const value = (text: string) => Buffer.from(text).toString('base64');
  const set = ({ system }: TestDirectory, text: string) =>
    system().run(setMetadata, { user, metadata: [{ key: 'pet', value: value(text) }] });
  both.meanwhile(() => set(rival, 'Pluto'));
  await set(here, 'Figaro');
  const changes = await here.store.changesOf('user', user);
  assert.deepEqual(
    changes.slice(1).map((change) => change.changes?.['metadata.pet']),
    [
      { before: null, after: value('Pluto') },
      { before: value('Pluto'), after: value('Figaro') },
    ],
  );
  const held = await allMetadata(here.store, user);
  assert.deepEqual([held.length, held[0]?.value], [1, value('Figaro')]);
  const metadata = recordedMetadata(held);
  assert.deepEqual(verifyChanges({ ...(await here.user(user)), metadata }, changes), { ok: true });
});

test('two processes that fill up the metadata of one user do not come to more than there may be', async (context) => {
  const both = await rivals(context);
  const { here, rival } = both;
  const entries = Array.from({ length: metadataLimits.keys - 1 }, (_, index) => ({ key: `${index}`, value: 'AA==' }));
  const { key: user } = await here.create({ username: 'minnie', metadata: entries });
  const add = ({ system }: TestDirectory, key: string) =>
    system().run(setMetadata, { user, metadata: [{ key, value: 'AA==' }] });
  both.meanwhile(() => add(rival, 'theirs'));
  await assert.rejects(add(here, 'ours'), { reason: 'metadata_full' });
  assert.equal((await allMetadata(here.store, user)).length, metadataLimits.keys);
});
