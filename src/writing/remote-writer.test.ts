import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createSealer } from '#auth/aes-sealer.ts';
import { elapsedMs } from '#auth/system-clock.ts';
import { systemActor } from '#core/actor.ts';
import { StaleFacts } from '#core/command.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { coreCommands } from '#core/commands/index.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { Commit } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import { FieldTable } from '#core/fields.ts';
import type { Log, Store } from '#core/ports.ts';
import { RunningDirectory } from '#core/running-directory.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import { cheapHasher, quietLog } from '#test/directory.ts';
import { ManualClock, seededRandom } from '#test/manual.ts';
import { HostedWriter } from './hosted-writer.ts';
import { RemoteWriter, type RemoteWriterOptions } from './remote-writer.ts';

const random = seededRandom();
const sealer = createSealer([random.bytes(32)], random);
const table = new FieldTable();
const opened: { store: Store; ports: MessagePort[] }[] = [];

afterEach(async () => {
  for (const { store, ports } of opened.splice(0)) {
    for (const port of ports) port.close();
    await store.close();
  }
});

/** A directory whose writer is at the other end of a port. `spoil` changes the store as the writer sees it. */
async function open(options: Partial<RemoteWriterOptions> = {}, spoil: (store: Store) => Partial<Store> = () => ({})) {
  const store = await openSqliteStore({ path: ':memory:' });
  const { port1, port2 } = new MessageChannel();
  opened.push({ store, ports: [port1, port2] });
  const apply = store.apply.bind(store);
  const load = store.load.bind(store);
  const hosted = { store: { apply, load, ...spoil(store) }, table, sealer };
  new HostedWriter(port2, hosted, { commands: coreCommands, elapsedMs });
  const commits: Commit[] = [];
  let writer: RemoteWriter | undefined;
  const directory = new RunningDirectory({
    store,
    table,
    sealer,
    random,
    clock: new ManualClock(),
    hasher: cheapHasher,
    log: quietLog,
    idSchemes: { directory: 'guid' },
    delivers: [],
    committing: (onCommit) => {
      writer = new RemoteWriter(
        port1,
        (commit) => {
          commits.push(commit);
          onCommit(commit);
        },
        { log: quietLog, ...options },
      );
      return writer;
    },
  });
  const system = directory.as(systemActor, { dialect: 'directory', request: 'r1' });
  const realm = { name: 'realm', language: 'en', region: 'US', timeZone: 'UTC' };
  await system.run(createRealm, {
    key: await store.allocate('realm', 1),
    ids: { directory: random.uuid() },
    fields: realm,
  });
  const { user } = await system.run(createUser, {
    realm: 1,
    kind: 'human',
    lifecycle: 'active',
    patch: { username: 'minnie', 'profile.givenName': 'Minnie' },
  });
  assert.ok(user);
  commits.length = 0;
  const rename = (givenName: string, more = {}, given = {}) =>
    system.run(updateUser, { user: user.key, patch: { 'profile.givenName': givenName }, ...more }, given);
  assert.ok(writer);
  return { store, system, user, rename, commits, writer, ports: { near: port1, far: port2 } };
}

test('what a command comes to is the same as the store holds, and is told after the commit', async () => {
  const { store, user, rename, commits } = await open();
  const order: string[] = [];
  const running = rename('Min').then((outcome) => {
    order.push(`answered after ${commits.length} commit`);
    return outcome;
  });
  const outcome = await running;
  assert.deepEqual(order, ['answered after 1 commit']);
  assert.deepEqual([...(commits[0]?.users ?? [])], [user.key]);
  const kept = (await store.load({ users: [user.key] })).users.get(user.key);
  assert.deepEqual({ ...outcome.user }, kept);
  assert.deepEqual([outcome.changed, outcome.result], [true, {}]);
  const [, change] = await store.changesOf('user', user.key);
  assert.deepEqual([change?.command, change?.request, change?.actor.username], ['update-user', 'r1', 'muster']);
});

test('a refusal keeps its code, reason, field and facts', async () => {
  const { rename } = await open();
  await assert.rejects(rename('x', { kind: 'machine' }), { code: 'not_found', reason: 'user_not_found' });
  await assert.rejects(rename('x', {}, { ifVersion: 7 }), { code: 'aborted', reason: 'version_mismatch' });
  const wrong = rename('x', { patch: { 'profile.gender': 'unknown' as never } });
  await assert.rejects(wrong, (error) => error instanceof DirectoryError && error.field === 'profile.gender');
  await assert.rejects(rename('x', { patch: { data: { n: Number.POSITIVE_INFINITY } } }), { field: 'data' });
});

test('what is sent under one idempotency key is done once', async () => {
  const { store, user, rename } = await open();
  const twice = await Promise.all([
    rename('Min', {}, { idempotencyKey: 'k' }),
    rename('Min', {}, { idempotencyKey: 'k' }),
  ]);
  assert.deepEqual(
    twice.map((outcome) => outcome.user?.version),
    [2, 2],
  );
  assert.equal((await store.changesOf('user', user.key)).length, 2);
});

test('a secret that has moved is told as such, and a command that nobody knows is a fault', async () => {
  const { writer, user } = await open();
  const submission = {
    command: updateUser,
    touches: {},
    facts: undefined,
    actor: systemActor,
    via: { dialect: 'directory' },
    newUser: undefined,
    ifVersion: undefined,
    dryRun: false,
    now: '2026-11-21T10:00:00.000Z',
    salt: '',
  };
  const password = { set: { plain: 'Secret-123' } };
  await assert.rejects(writer.submit({ ...submission, input: { user: user.key, password } } as never), StaleFacts);
  const unknown = { ...updateUser, name: 'nothing' };
  await assert.rejects(writer.submit({ ...submission, command: unknown, input: {} } as never), /no command nothing/);
});

test('what cannot be posted is refused alone', async () => {
  const { rename, writer } = await open();
  const results = await Promise.allSettled([rename('a'), rename((() => 'b') as never), rename('c')]);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.name)),
    ['done', 'DataCloneError', 'done'],
  );
  assert.equal(writer.waiting, 0);
});

test('no more than a bounded number wait', async () => {
  const { rename, writer } = await open({ maxWaiting: 2 });
  const running = ['a', 'b', 'c'].map((name) => rename(name));
  const results = await Promise.allSettled(running);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.reason)),
    ['done', 'done', 'queue_full'],
  );
  assert.equal(writer.waiting, 0);
});

test('closing commits what was taken and takes nothing more', async () => {
  const { store, user, rename, writer } = await open();
  const last = rename('last');
  // Taken once it has been prepared, which this command needs no time for.
  await Promise.resolve();
  const closed = writer.close();
  await assert.rejects(rename('too late'), { code: 'unavailable', reason: 'shutting_down' });
  assert.equal((await last).user?.fields['profile.givenName'], 'last');
  await Promise.all([closed, writer.close()]);
  assert.equal((await store.load({ users: [user.key] })).users.get(user.key)?.version, 2);
});

test('when the other thread is gone, who waits is told, and who comes', async () => {
  const { rename, ports } = await open();
  const waiting = rename('never');
  await Promise.resolve();
  ports.far.close();
  const gone = { code: 'unavailable', reason: 'store_unavailable' };
  await assert.rejects(waiting, gone);
  await assert.rejects(rename('nor this'), gone);
});

test('batches are told, and what the writer logs is logged here', async () => {
  const batches: number[] = [];
  const logged: string[] = [];
  const log: Log = {
    ...quietLog,
    error: (facts, text) => logged.push(`${text}: ${(facts as { err: Error }).err.message}`),
  };
  let fails = false;
  const { rename } = await open({ log, batched: (commands, ms) => batches.push(ms >= 0 ? commands : -1) }, (store) => ({
    apply: (units) => (fails ? Promise.reject(new Error('no such thing')) : store.apply(units)),
  }));
  batches.length = 0;
  await Promise.all(['a', 'b', 'c'].map((name) => rename(name)));
  assert.deepEqual(batches, [3]);
  fails = true;
  await assert.rejects(rename('d'), /no such thing/);
  assert.deepEqual(logged, ['a batch failed: no such thing']);
});
