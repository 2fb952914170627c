import { setTimeout as sleep } from 'node:timers/promises';
import { epochMsOf, type Instant, later } from '#core/instant.ts';
import { type Channel, type Message, type MessageSettlement, openContent } from '#core/message.ts';
import { renderMessage } from '#core/policies/message-text.ts';
import type { Clock, Log, Random, Sealer, Store } from '#core/ports.ts';
import { backOffMs } from './back-off.ts';
import { type Carrier, Refusal } from './carrier.ts';
import { reasonOf } from './reason.ts';

export interface LanePorts {
  readonly store: Pick<Store, 'claimMessages' | 'settleMessage'>;
  readonly sealer: Pick<Sealer, 'open'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Counted here. */
  readonly counts: { delivered: number; failed: number };
}

export interface LaneOptions {
  /** Deliveries at the same time, at most. */
  readonly maxAtOnce?: number;
  /** After which a delivery that has not ended has failed; less than a claim lasts. */
  readonly timeMs?: number;
  /** How long deliveries under way are waited for at the end. */
  readonly graceMs?: number;
}

/** Longer than a delivery may take, with all that is done around it. */
const claimMs = 120_000;
const giveUpAfterMs = 24 * 3_600_000;
/** While the store is away, what has been delivered is told to it again and again, for nearly as long as the claim lasts. */
const settleTries = 30;
const settleAgainMs = 1000;

type Outcome = MessageSettlement['outcome'];

/** The deliveries of one channel. */
export class Lane {
  readonly #channel: Channel;
  readonly #carrier: Carrier;
  readonly #ports: LanePorts;
  readonly #options: Required<LaneOptions>;
  readonly #underWay = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  #filling: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = false;
  /** The last delivery has failed for a reason that is not the message's: that is logged once. */
  #isAway = false;
  /** The store does not tell what waits: likewise. */
  #isBlind = false;

  constructor(channel: Channel, carrier: Carrier, ports: LanePorts, options: LaneOptions) {
    this.#channel = channel;
    this.#carrier = carrier;
    this.#ports = ports;
    this.#options = { maxAtOnce: 8, timeMs: 60_000, graceMs: 3000, ...options };
  }

  wake(): void {
    if (this.#isStopped) return;
    this.#isWanted = true;
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
      // Somebody has come since it was last asked for.
      if (this.#isWanted && this.#hasRoom) this.wake();
    });
  }

  async idle(): Promise<void> {
    while (this.#filling || this.#underWay.size > 0) await Promise.all([this.#filling, ...this.#underWay]);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const timer = setTimeout(() => this.#ending.abort(), this.#options.graceMs);
    await this.idle();
    clearTimeout(timer);
  }

  get #hasRoom(): boolean {
    return this.#underWay.size < this.#options.maxAtOnce;
  }

  async #fill(): Promise<void> {
    while (this.#isWanted && !this.#isStopped && this.#hasRoom) {
      this.#isWanted = false;
      for (const [message, claim] of await this.#claim()) this.#begin(message, claim);
    }
  }

  async #claim(): Promise<[Message, string][]> {
    const { store, clock, random, log } = this.#ports;
    const [claim, now] = [random.uuid(), clock.now()];
    const limit = this.#options.maxAtOnce - this.#underWay.size;
    try {
      const claiming = { claim, channel: this.#channel, now, until: later(now, claimMs), limit };
      const claimed = await store.claimMessages(claiming);
      this.#isBlind = false;
      return claimed.map((message) => [message, claim]);
    } catch (error) {
      if (!this.#isBlind) log.warn({ err: error }, 'messages that wait could not be read; they are looked for again');
      this.#isBlind = true;
      return [];
    }
  }

  /** When it has ended, the next message of its user may be due. */
  #begin(message: Message, claim: string): void {
    const delivery = this.#deliver(message, claim).finally(() => {
      this.#underWay.delete(delivery);
      this.wake();
    });
    this.#underWay.add(delivery);
  }

  async #deliver(message: Message, claim: string): Promise<void> {
    const outcome = await this.#attempt(message);
    if (!(await this.#settle({ id: message.id, claim, outcome }))) return;
    const { counts, log } = this.#ports;
    if (outcome.state === 'delivered') counts.delivered += 1;
    if (outcome.state !== 'failed') return;
    counts.failed += 1;
    const { id, channel, attempts } = message;
    log.warn({ message: id, channel, attempts, reason: outcome.lastError }, 'a message has been given up');
  }

  /** Whatever goes wrong, as with what is sealed under a lost key, is tried again until it is too late. */
  async #attempt(message: Message): Promise<Outcome> {
    const { sealer, clock, log } = this.#ports;
    const now = clock.now();
    if (now >= endOf(message)) return { state: 'failed', lastError: tooLate(message) };
    const { signal } = this.#ending;
    let code = '';
    try {
      const content = openContent(message, sealer);
      code = content.code;
      const text = renderMessage(content, epochMsOf(message.expiresAt) - epochMsOf(now));
      const inTime = AbortSignal.any([AbortSignal.timeout(this.#options.timeMs), signal]);
      await this.#carrier.deliver({ id: message.id, to: message.to, text }, inTime);
      if (this.#isAway) log.info({ channel: this.#channel }, 'messages are delivered again');
      this.#isAway = false;
      return { state: 'delivered' };
    } catch (error) {
      // The server is ending: nobody has failed.
      if (signal.aborted) return { state: 'waiting', nextAttemptAt: now };
      const lastError = reasonOf(error, code);
      return error instanceof Refusal ? { state: 'failed', lastError } : this.#again(message, lastError);
    }
  }

  #again({ id, attempts, ...message }: Message, lastError: string): Outcome {
    const { clock, random, log } = this.#ports;
    const facts = { message: id, channel: this.#channel, attempts, reason: lastError };
    const text = 'a message could not be delivered; it is tried again later';
    if (this.#isAway) log.debug(facts, text);
    else log.warn(facts, text);
    this.#isAway = true;
    const next = later(clock.now(), backOffMs(attempts, random));
    const end = endOf(message);
    return { state: 'waiting', nextAttemptAt: next < end ? next : end, lastError };
  }

  /** Whether the claim has held. Otherwise the message has gone with its user, or somebody else has it by now. */
  async #settle(settlement: MessageSettlement): Promise<boolean> {
    const { store, log } = this.#ports;
    for (let tries = 1; ; tries++) {
      try {
        return await store.settleMessage(settlement);
      } catch (error) {
        if (tries === 1) log.warn({ err: error, message: settlement.id }, 'what became of a message is not kept yet');
        if (tries >= settleTries || this.#isStopped) return false;
        await sleep(settleAgainMs);
      }
    }
  }
}

/** When a message is given up: when its code opens nothing any more, or after a day. */
function endOf({ createdAt, expiresAt }: Pick<Message, 'createdAt' | 'expiresAt'>): Instant {
  const latest = later(createdAt, giveUpAfterMs);
  return expiresAt < latest ? expiresAt : latest;
}

function tooLate({ lastError }: Message): string {
  const late = 'It could not be delivered in time';
  return lastError === undefined ? `${late}.` : `${late}: ${lastError}`;
}
