import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deleteUser } from '#core/commands/delete-user.ts';
import { parsePostgresUrl } from '#store/postgres/settings.ts';
import { openPostgresStore } from '#store/postgres/store.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import { quietLog } from '#test/directory.ts';
import { smtpError, startMailServer } from '#test/mail-server.ts';
import { testDatabase } from '#test/postgres/shared-store.ts';
import { startTextProvider } from '#test/text-provider.ts';
import { type Carrier, type Outgoing, Refusal } from './carrier.ts';
import { openTestOutbox, outboxOver } from './test-outbox.ts';

const minuteMs = 60_000;

/** Takes messages in memory, so that tests say when each has arrived. */
class HeldCarrier implements Carrier {
  readonly begun: Outgoing[] = [];
  readonly #ends: (() => void)[] = [];

  deliver(message: Outgoing, signal: AbortSignal): Promise<void> {
    this.begun.push(message);
    return new Promise((resolve, reject) => {
      this.#ends.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  /** Lets the oldest arrive that has not. */
  arrive(): void {
    this.#ends.shift()?.();
  }
}

async function turn(): Promise<void> {
  for (let left = 20; left > 0; left--) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a mail server that is down delays, and loses nothing', async (context) => {
  const down = await startMailServer(context);
  await down.close();
  const world = await openTestOutbox(context, { smtp: { port: down.port } });
  for (const name of ['minnie', 'donald']) await world.ask(await world.person(name), 'email');
  await world.deliver();
  const waits = (await world.messages()).map(({ state, nextAttemptAt = '' }) => [state, Date.parse(nextAttemptAt)]);
  const start = Date.parse(world.clock.now());
  for (const [state, at] of waits) {
    assert.equal(state, 'waiting');
    assert.ok(Number(at) >= start + 3750 && Number(at) <= start + 6250, `${at}`);
  }
  assert.equal(world.logged.filter(([level]) => level === 'warn').length, 1, 'an outage is told once');
  world.clock.advance(3700);
  await world.deliver();
  assert.deepEqual(
    (await world.messages()).map(({ attempts }) => attempts),
    [1, 1],
  );
  world.clock.advance(2600);
  await world.deliver();
  assert.deepEqual(
    (await world.messages()).map(({ attempts }) => attempts),
    [2, 2],
  );
  const up = await startMailServer(context, { port: down.port });
  world.clock.advance(15_000);
  await world.deliver();
  assert.deepEqual(up.mails.map(({ to }) => to[0]).sort(), ['donald@mouse.com', 'minnie@mouse.com']);
  assert.match(up.mails[0]?.text ?? '', /valid for 59 minutes/);
  assert.deepEqual(
    (await world.messages()).map(({ state, sealed }) => [state, sealed]),
    [
      ['delivered', ''],
      ['delivered', ''],
    ],
  );
});

test('what could not be delivered before its code expired is given up, with the last reason', async (context) => {
  const server = await startMailServer(context, { onRcptTo: (_, __, callback) => callback(smtpError(451, 'Later')) });
  const world = await openTestOutbox(context, { smtp: { port: server.port } });
  await world.ask(await world.person('minnie'), 'email');
  let attempts = 0;
  for (let minutes = 0; minutes < 60; minutes++) {
    await world.deliver();
    const [message] = await world.messages();
    assert.equal(message?.state, 'waiting');
    attempts = message.attempts;
    world.clock.advance(minuteMs);
  }
  assert.ok(attempts >= 6 && attempts <= 14, `${attempts}`);
  await world.deliver();
  const [message] = await world.messages();
  assert.deepEqual([message?.state, message?.sealed], ['failed', '']);
  assert.match(message?.lastError ?? '', /^It could not be delivered in time: .*451 Later/);
  assert.equal(world.outbox.counts.failed, 1);
});

test('what cannot be opened waits for its key', async (context) => {
  const carrier: Carrier = { deliver: async () => {} };
  const world = await openTestOutbox(context, { carrier });
  const { key } = await world.person('minnie');
  const message = { id: 'm', realm: 1, user: key, channel: 'email', to: 'a@b.c', sealed: 'under another key' } as const;
  const times = { createdAt: world.clock.now(), expiresAt: '2026-11-22T10:00:00.000Z' };
  await world.store.apply([{ putMessages: [{ ...message, ...times }] }]);
  await world.deliver();
  const [kept] = await world.messages();
  assert.deepEqual([kept?.state, kept?.sealed], ['waiting', 'under another key']);
});

test('one user gets mails in order, and none after one that waits', async (context) => {
  const refusals = [451, 0];
  const server = await startMailServer(context, {
    onRcptTo: ({ address }, _, callback) =>
      callback(address.startsWith('minnie') && refusals.shift() ? smtpError(451, 'Later') : undefined),
  });
  const provider = await startTextProvider(context);
  const world = await openTestOutbox(context, { smtp: { port: server.port }, texts: provider.url });
  const [minnie, donald] = [await world.person('minnie'), await world.person('donald')];
  for (const number of [1, 2, 3]) {
    await world.ask(minnie, 'email', `https://x.test/${number}?`);
    await world.ask(donald, 'email', `https://x.test/${number}?`);
  }
  await world.ask(minnie, 'phone');
  await world.deliver();
  const linksOf = (name: string) =>
    server.mails.flatMap(({ to, text }) =>
      to[0] === `${name}@mouse.com` ? (/x\.test\/(\d)/.exec(text)?.[1] ?? []) : [],
    );
  assert.deepEqual([linksOf('minnie'), linksOf('donald')], [[], ['1', '2', '3']]);
  assert.equal(provider.requests.length, 1, 'another channel waits for nothing');
  world.clock.advance(10_000);
  await world.deliver();
  assert.deepEqual(linksOf('minnie'), ['1', '2', '3']);
});

test('so many are delivered at once, and who comes meanwhile is seen to', async (context) => {
  const carrier = new HeldCarrier();
  const world = await openTestOutbox(context, { carrier, maxAtOnce: 2 });
  for (const name of ['a', 'b', 'c', 'd']) await world.ask(await world.person(name), 'email');
  world.outbox.wake();
  await turn();
  assert.equal(carrier.begun.length, 2);
  carrier.arrive();
  await turn();
  assert.equal(carrier.begun.length, 3);
  for (let left = 3; left > 0; left--) {
    carrier.arrive();
    await turn();
  }
  assert.equal(new Set(carrier.begun.map(({ to }) => to)).size, 4);
  assert.equal(world.outbox.counts.delivered, 4);
});

test('a deleted user gets nothing any more', async (context) => {
  const carrier = new HeldCarrier();
  const world = await openTestOutbox(context, { carrier });
  const user = await world.person('minnie');
  await world.ask(user, 'email');
  await world.ask(user, 'email');
  world.outbox.wake();
  await turn();
  await world.system().run(deleteUser, { user: user.key });
  carrier.arrive();
  await world.outbox.idle();
  assert.equal(carrier.begun.length, 1);
  assert.deepEqual(await world.messages(), []);
  assert.equal(world.outbox.counts.delivered, 0);
});

test('at the end, what has not arrived is left, and may be delivered at once', async (context) => {
  const carrier = new HeldCarrier();
  const world = await openTestOutbox(context, { carrier, graceMs: 50 });
  for (const name of ['a', 'b']) await world.ask(await world.person(name), 'email');
  world.outbox.wake();
  await turn();
  carrier.arrive();
  await world.outbox.stop();
  const [first, second] = await world.messages();
  assert.deepEqual([first?.state, second?.state], ['delivered', 'waiting']);
  assert.equal(second?.nextAttemptAt, world.clock.now());
  assert.equal(second?.lastError, undefined);
  await world.deliver();
  assert.equal(carrier.begun.length, 2);
});

test('what a process that died has claimed is delivered by the next one', async (context) => {
  const held = new HeldCarrier();
  const store = await openSqliteStore({ path: ':memory:' });
  const dying = await openTestOutbox(context, { carrier: held, store });
  await dying.ask(await dying.person('minnie'), 'email');
  dying.outbox.wake();
  await turn();
  const server = await startMailServer(context);
  const next = outboxOver({ ...dying, log: quietLog }, { smtp: { port: server.port } });
  const deliver = async () => {
    next.wake();
    await next.idle();
  };
  dying.clock.advance(119_000);
  await deliver();
  assert.equal(server.mails.length, 0);
  dying.clock.advance(1000);
  await deliver();
  assert.equal(server.mails.length, 1);
  held.arrive();
  await dying.outbox.idle();
  assert.equal(dying.outbox.counts.delivered, 0, 'its claim has ended');
});

test('several processes on one database share the work, and deliver each message once', async (context) => {
  const database = await testDatabase(context);
  const server = await startMailServer(context);
  const settings = parsePostgresUrl(database.url);
  const smtp = { port: server.port };
  const one = await openTestOutbox(context, { smtp, store: await openPostgresStore({ settings }) });
  const store = await openPostgresStore({ settings });
  context.after(() => store.close());
  const outboxes = [one.outbox, outboxOver({ ...one, store, log: quietLog }, { smtp })];
  const names = Array.from({ length: 40 }, (_, index) => `user${index}`);
  for (const name of names) {
    const user = await one.person(name);
    await one.ask(user, 'email', 'https://x.test/1?');
    await one.ask(user, 'email', 'https://x.test/2?');
  }
  for (const outbox of outboxes) outbox.wake();
  await Promise.all(outboxes.map((outbox) => outbox.idle()));
  assert.deepEqual(await one.outbox.waiting(), 0);
  assert.equal(server.mails.length, 80);
  for (const name of names) {
    const mine = server.mails.filter(({ to }) => to[0] === `${name}@mouse.com`);
    assert.deepEqual(
      mine.map(({ text }) => /x\.test\/(\d)/.exec(text)?.[1]),
      ['1', '2'],
      name,
    );
  }
  for (const { counts } of outboxes) assert.ok(counts.delivered > 0, 'each has delivered some');
});

test('while the store is away nothing is lost, and what was delivered is told to it later', async (context) => {
  const store = await openSqliteStore({ path: ':memory:' });
  let isAway = false;
  const failing = new Proxy(store, {
    get: (_, name: keyof typeof store) => {
      if (isAway && /Message/.test(name)) return () => Promise.reject(new Error('away'));
      return store[name]?.bind(store);
    },
  });
  const carrier = new HeldCarrier();
  const world = await openTestOutbox(context, { carrier, store: failing });
  await world.ask(await world.person('minnie'), 'email');
  isAway = true;
  await world.deliver();
  assert.equal(carrier.begun.length, 0);
  isAway = false;
  world.outbox.wake();
  await turn();
  isAway = true;
  carrier.arrive();
  await turn();
  isAway = false;
  await world.outbox.idle();
  assert.equal((await world.messages())[0]?.state, 'delivered');
  assert.equal(carrier.begun.length, 1);
});

test('a refusal is final, whoever says it', async (context) => {
  const carrier: Carrier = { deliver: () => Promise.reject(new Refusal('never')) };
  const world = await openTestOutbox(context, { carrier });
  await world.ask(await world.person('minnie'), 'email');
  await world.deliver();
  assert.deepEqual(
    (await world.messages()).map(({ state, lastError }) => [state, lastError]),
    [['failed', 'never']],
  );
});
