import { hash } from 'node:crypto';
import { DirectoryError } from '#core/errors.ts';
import { epochMsOf } from '#core/instant.ts';
import { networkOf } from '#core/network.ts';
import type { Clock } from '#core/ports.ts';

export interface SignInLimitOptions {
  /** Wrong attempts for one name, for one client, and from one address, in a window. */
  readonly perName?: number;
  /** More than for a name: an app's users all come by it, and nobody guesses its secret. */
  readonly perClient?: number;
  readonly perAddress?: number;
  readonly windowMs?: number;
  /** Names and addresses that are remembered; the oldest are forgotten first. */
  readonly remembered?: number;
}

/** Who tries: a name or a client, and from where. */
export interface Attempt {
  readonly name?: string;
  readonly client?: string;
  /** An IPv6 address stands for its network. */
  readonly address?: string | undefined;
}

interface Tally {
  readonly most: number;
  wrong: number;
  /** Being looked at: each may turn out wrong. */
  pending: number;
  until: number;
  readonly waiting: (() => void)[];
}

/** Bounds guesses: wrong attempts count against their name or client, and against their address. */
export class SignInLimits {
  readonly #clock: Clock;
  readonly #options: Required<SignInLimitOptions>;
  readonly #tallies = new Map<string, Tally>();

  constructor(clock: Clock, options: SignInLimitOptions = {}) {
    this.#clock = clock;
    const bounds = { perName: 30, perClient: 300, perAddress: 300 };
    this.#options = { ...bounds, windowMs: 60_000, remembered: 20_000, ...options };
  }

  /**
   * Does the work of an attempt, which counts as wrong when it rejects with `unauthenticated`. Rejects with
   * `too_many_attempts`, and does nothing, when there have been too many; while so many are being looked at that they
   * would be too many if they were all wrong, it waits, so that right ones that come together all get in.
   */
  async attempt<Result>(attempt: Attempt, work: () => Promise<Result>): Promise<Result> {
    const tallies = await this.#enter(attempt);
    let wrong = 0;
    try {
      return await work();
    } catch (error) {
      wrong = error instanceof DirectoryError && error.code === 'unauthenticated' ? 1 : 0;
      throw error;
    } finally {
      for (const tally of tallies) {
        tally.pending -= 1;
        tally.wrong += wrong;
        for (const look of tally.waiting.splice(0)) look();
      }
    }
  }

  async #enter(attempt: Attempt): Promise<readonly Tally[]> {
    for (;;) {
      const tallies = this.#talliesOf(attempt);
      for (const tally of tallies) this.#refuseBeyond(tally);
      const full = tallies.find(({ wrong, pending, most }) => wrong + pending >= most);
      if (full === undefined) {
        for (const tally of tallies) tally.pending += 1;
        return tallies;
      }
      await new Promise<void>((look) => full.waiting.push(look));
    }
  }

  #refuseBeyond({ wrong, most, until }: Tally): void {
    if (wrong < most) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((until - epochMsOf(this.#clock.now())) / 1000));
    throw new DirectoryError('resource_exhausted', `Too many attempts: try again in ${retryAfterSeconds} seconds.`, {
      reason: 'too_many_attempts',
      facts: { retryAfterSeconds, limit: most },
    });
  }

  #talliesOf({ name, client, address }: Attempt): readonly Tally[] {
    const { perName, perClient, perAddress } = this.#options;
    return [
      ...(name === undefined ? [] : [this.#tallyOf(`name ${name}`, perName)]),
      ...(client === undefined ? [] : [this.#tallyOf(`client ${client}`, perClient)]),
      ...(address === undefined ? [] : [this.#tallyOf(`network ${networkOf(address)}`, perAddress)]),
    ];
  }

  #tallyOf(holder: string, most: number): Tally {
    // A name may be as long as a request: what is remembered of it is short.
    const key = hash('sha256', holder);
    const now = epochMsOf(this.#clock.now());
    const present = this.#tallies.get(key);
    if (present && present.until > now) return present;
    this.#tallies.delete(key);
    if (this.#tallies.size >= this.#options.remembered) this.#tallies.delete(this.#tallies.keys().next().value ?? '');
    const until = now + this.#options.windowMs;
    const fresh = present ?? { most, wrong: 0, pending: 0, until, waiting: [] };
    // What is still being looked at when a window ends belongs to the next one.
    Object.assign(fresh, { wrong: 0, until });
    this.#tallies.set(key, fresh);
    return fresh;
  }
}
