import { hash } from 'node:crypto';
import { DirectoryError } from '#core/errors.ts';
import { epochMsOf } from '#core/instant.ts';
import type { Clock } from '#core/ports.ts';

export interface SignInLimitOptions {
  /** Wrong attempts for one name, and from one address, in a window. */
  readonly perName?: number;
  readonly perAddress?: number;
  readonly windowMs?: number;
  /** Names and addresses that are remembered; the oldest are forgotten first. */
  readonly remembered?: number;
}

interface Tally {
  count: number;
  readonly until: number;
}

/** Bounds guesses: an attempt counts against its name and its address until it proves right. */
export class SignInLimits {
  readonly #clock: Clock;
  readonly #options: Required<SignInLimitOptions>;
  readonly #tallies = new Map<string, Tally>();

  constructor(clock: Clock, options: SignInLimitOptions = {}) {
    this.#clock = clock;
    this.#options = { perName: 30, perAddress: 300, windowMs: 60_000, remembered: 20_000, ...options };
  }

  /** Counts an attempt, or refuses it. Answers what to call when it proves right. */
  begin(name: string, address: string | undefined): () => void {
    const { perName, perAddress } = this.#options;
    // A name may be as long as a request: what is remembered of it is short.
    const bounds: [string, number][] = [[`name ${hash('sha256', name)}`, perName]];
    if (address !== undefined) bounds.push([`address ${address}`, perAddress]);
    for (const [key, most] of bounds) this.#refuseBeyond(key, most);
    const tallies = bounds.map(([key]) => this.#tallyOf(key));
    for (const tally of tallies) tally.count += 1;
    return () => {
      for (const tally of tallies) tally.count -= 1;
    };
  }

  #refuseBeyond(key: string, most: number): void {
    const { count, until } = this.#tallyOf(key);
    if (count < most) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((until - epochMsOf(this.#clock.now())) / 1000));
    throw new DirectoryError('resource_exhausted', `Too many attempts: try again in ${retryAfterSeconds} seconds.`, {
      reason: 'too_many_attempts',
      facts: { retryAfterSeconds },
    });
  }

  #tallyOf(key: string): Tally {
    const now = epochMsOf(this.#clock.now());
    const present = this.#tallies.get(key);
    if (present && present.until > now) return present;
    this.#tallies.delete(key);
    if (this.#tallies.size >= this.#options.remembered) this.#tallies.delete(this.#tallies.keys().next().value ?? '');
    const fresh = { count: 0, until: now + this.#options.windowMs };
    this.#tallies.set(key, fresh);
    return fresh;
  }
}
