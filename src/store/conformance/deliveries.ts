import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { later } from '#core/instant.ts';
import { type Channel, type Message, type MessageClaim, messagesKeptMs } from '#core/message.ts';
import type { Store } from '#core/ports.ts';
import type { OpenStore } from './opened.ts';
import { messageOf, start, waiting } from './samples.ts';

const at = (ms: number): string => later(start, ms);
const claimOf = (claim: string, nowMs: number, more: Partial<MessageClaim> = {}): MessageClaim => ({
  claim,
  channel: 'email',
  now: at(nowMs),
  until: at(nowMs + 1000),
  limit: 10,
  ...more,
});
const idsOf = (messages: readonly Message[]): string[] => messages.map(({ id }) => id).sort();
const stateOf = async (store: Store, id: string): Promise<Message | undefined> =>
  (await store.messages(1, 100)).find((message) => message.id === id);

/** Claims of messages, and what becomes of them. */
export function deliveriesConform(open: OpenStore): void {
  test('what is due is claimed once, of its channel alone, as many as asked for', async () => {
    const { store } = await open();
    const text = messageOf(3, 3, { channel: 'text' });
    await store.apply([{ putMessages: [messageOf(1, 1), messageOf(2, 2), text, messageOf(4, 900)] }]);
    assert.equal(await store.countWaitingMessages(), 4);
    const claimed = await store.claimMessages(claimOf('a', 10));
    const first = { ...waiting(messageOf(1, 1)), attempts: 1, nextAttemptAt: at(1010) };
    assert.deepEqual(idsOf(claimed), ['message 1', 'message 2']);
    assert.deepEqual(
      claimed.find(({ id }) => id === 'message 1'),
      first,
    );
    assert.deepEqual(await store.claimMessages(claimOf('b', 1009, { now: at(899) })), []);
    assert.deepEqual(idsOf(await store.claimMessages(claimOf('c', 10, { channel: 'text' }))), ['message 3']);
    assert.equal((await store.claimMessages(claimOf('d', 5000, { limit: 2 }))).length, 2);
    assert.equal(await store.countWaitingMessages(), 4);
  });

  test('of one user and channel the oldest that waits is claimed, and the next one when that has ended', async () => {
    const { store } = await open();
    await store.apply([{ putMessages: [messageOf(1, 1)] }]);
    await store.apply([{ putMessages: [messageOf(1, 2), messageOf(1, 3, { channel: 'text' })] }]);
    assert.deepEqual(idsOf(await store.claimMessages(claimOf('a', 10))), ['message 1']);
    assert.deepEqual(idsOf(await store.claimMessages(claimOf('t', 10, { channel: 'text' }))), ['message 3']);
    const outcome = { state: 'waiting', nextAttemptAt: at(500), lastError: 'It was busy.' } as const;
    assert.equal(await store.settleMessage({ id: 'message 1', claim: 'a', outcome }), true);
    const again = { ...waiting(messageOf(1, 1)), attempts: 1, nextAttemptAt: at(500), lastError: 'It was busy.' };
    assert.deepEqual(await stateOf(store, 'message 1'), again);
    assert.deepEqual(await store.claimMessages(claimOf('b', 499)), []);
    assert.deepEqual(idsOf(await store.claimMessages(claimOf('c', 500))), ['message 1']);
    assert.equal(await store.settleMessage({ id: 'message 1', claim: 'c', outcome: { state: 'delivered' } }), true);
    assert.deepEqual(idsOf(await store.claimMessages(claimOf('d', 500))), ['message 2']);
  });

  test('what has ended keeps no sealed text, and is not claimed any more', async () => {
    const { store, reopen } = await open();
    await store.apply([{ putMessages: [messageOf(1, 1), messageOf(2, 2)] }]);
    await store.claimMessages(claimOf('a', 10));
    await store.settleMessage({ id: 'message 1', claim: 'a', outcome: { state: 'delivered' } });
    await store.settleMessage({ id: 'message 2', claim: 'a', outcome: { state: 'failed', lastError: 'No such box.' } });
    const [failed, delivered] = await (await reopen()).messages(1, 10);
    const { nextAttemptAt: _, ...ended } = { ...waiting(messageOf(1, 1)), sealed: '', attempts: 1 };
    assert.deepEqual(delivered, { ...ended, state: 'delivered' });
    assert.deepEqual([failed?.state, failed?.sealed, failed?.lastError], ['failed', '', 'No such box.']);
  });

  test('a claim that has ended by itself goes to the next, and settles nothing then', async () => {
    const { store } = await open();
    await store.apply([{ putMessages: [messageOf(1, 1)] }]);
    await store.claimMessages(claimOf('dead', 10));
    assert.deepEqual(await store.claimMessages(claimOf('b', 1009)), []);
    assert.deepEqual(idsOf(await store.claimMessages(claimOf('b', 1010))), ['message 1']);
    assert.equal(await store.settleMessage({ id: 'message 1', claim: 'dead', outcome: { state: 'delivered' } }), false);
    assert.equal((await stateOf(store, 'message 1'))?.attempts, 2);
    assert.equal(await store.settleMessage({ id: 'message 1', claim: 'b', outcome: { state: 'delivered' } }), true);
    assert.equal(await store.settleMessage({ id: 'message 1', claim: 'b', outcome: { state: 'delivered' } }), false);
  });

  test('what is deleted with its user while it is being delivered stays so', async () => {
    const { store } = await open();
    await store.apply([{ putMessages: [messageOf(1, 1)] }]);
    await store.claimMessages(claimOf('a', 10));
    await store.apply([{ dropMessagesOf: 1 }]);
    assert.equal(await store.settleMessage({ id: 'message 1', claim: 'a', outcome: { state: 'delivered' } }), false);
    assert.deepEqual(await store.messages(1, 10), []);
  });

  test('messages are dropped for their age', async () => {
    const { store } = await open();
    await store.apply([{ putMessages: [messageOf(1, 1), messageOf(2, 3)] }]);
    await store.prune(at(2 + messagesKeptMs));
    assert.deepEqual(idsOf(await store.messages(1, 10)), ['message 3']);
  });

  test('claims at the same time share what is due', async () => {
    const { store } = await open();
    const users = Array.from({ length: 100 }, (_, index) => index + 1);
    await store.apply(users.map((user) => ({ putMessages: [messageOf(user, user)] })));
    const claims = await Promise.all(
      ['a', 'b', 'c', 'd'].map((claim) => store.claimMessages(claimOf(claim, 500, { limit: 30 }))),
    );
    const rest = await store.claimMessages(claimOf('e', 500, { limit: 100 }));
    const all = [...claims.flat(), ...rest].map(({ id }) => id);
    assert.equal(all.length, 100);
    assert.equal(new Set(all).size, 100);
  });

  test('whatever happens, each user gets what was written in its order', async () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('write' as const), user: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ does: fc.constant('claim' as const), channel: fc.constantFrom<Channel>('email', 'text') }),
      fc.record({ does: fc.constant('settle' as const), ends: fc.boolean(), nth: fc.nat(5) }),
      fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1500 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { store, close } = await open();
        const run = new Deliveries(store);
        for (const each of steps) {
          if (each.does === 'write') await run.write(each.user);
          else if (each.does === 'claim') await run.claim(each.channel);
          else if (each.does === 'settle') await run.settle(each.ends, each.nth);
          else run.nowMs += each.ms;
        }
        await close();
      }),
      { numRuns: 20 },
    );
  });
}

interface Waiting {
  readonly id: string;
  dueMs: number;
  claim?: string | undefined;
}

/** Writes, claims and settles, and holds each answer against what the order allows. */
class Deliveries {
  nowMs = 0;
  readonly #store: Store;
  #steps = 0;
  /** What waits, oldest first, by user and channel. */
  readonly #queues = new Map<string, Waiting[]>();
  /** Former claims, too. */
  readonly #claims: { readonly id: string; readonly claim: string; readonly queue: string }[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  async write(user: number): Promise<void> {
    this.#steps += 1;
    const channel = this.#steps % 3 === 0 ? 'text' : 'email';
    const message = messageOf(user, this.#steps, { channel, createdAt: at(this.nowMs) });
    await this.#store.apply([{ putMessages: [message] }]);
    const queue = `${user} ${channel}`;
    this.#queues.set(queue, [...(this.#queues.get(queue) ?? []), { id: message.id, dueMs: this.nowMs }]);
  }

  async claim(channel: Channel): Promise<void> {
    this.#steps += 1;
    const claim = `claim ${this.#steps}`;
    const claimed = await this.#store.claimMessages(claimOf(claim, this.nowMs, { channel }));
    const expected: string[] = [];
    for (const [queue, [first]] of this.#queues) {
      if (!queue.endsWith(channel) || first === undefined || first.dueMs > this.nowMs) continue;
      Object.assign(first, { claim, dueMs: this.nowMs + 1000 });
      expected.push(first.id);
      this.#claims.push({ id: first.id, claim, queue });
    }
    assert.deepEqual(idsOf(claimed), expected.sort());
  }

  async settle(ends: boolean, nth: number): Promise<void> {
    const [settled] = this.#claims.splice(nth % Math.max(1, this.#claims.length), 1);
    if (settled === undefined) return;
    const { id, claim, queue } = settled;
    const dueMs = this.nowMs + 300;
    const waits = { state: 'waiting', nextAttemptAt: at(dueMs) } as const;
    const [first, ...rest] = this.#queues.get(queue) ?? [];
    const holds = first?.id === id && first.claim === claim;
    const outcome = ends ? ({ state: 'delivered' } as const) : waits;
    assert.equal(await this.#store.settleMessage({ id, claim, outcome }), holds);
    if (holds && ends) this.#queues.set(queue, rest);
    else if (holds) Object.assign(first, { claim: undefined, dueMs });
  }
}
