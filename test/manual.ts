import { type Instant, later } from '#core/instant.ts';
import type { Clock, Random } from '#core/ports.ts';

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now: Instant;
  #pauses: { readonly until: Instant; readonly resume: () => void }[] = [];

  constructor(start: Instant = '2026-11-21T10:00:00.000Z') {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resume) => this.#pauses.push({ until: later(this.#now, ms), resume }));
  }

  /** How many wait for the time to go on. */
  get pausing(): number {
    return this.#pauses.length;
  }

  advance(ms: number): void {
    this.#now = later(this.#now, ms);
    const due = this.#pauses.filter(({ until }) => until <= this.#now);
    this.#pauses = this.#pauses.filter(({ until }) => until > this.#now);
    for (const { resume } of due) resume();
  }
}

/** Repeatable randomness: a xorshift generator from a seed. */
export function seededRandom(seed = 1): Random {
  let state = seed >>> 0 || 1;
  const byte = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, byte);
  return {
    bytes,
    uuid: () => {
      const hex = Buffer.from(bytes(16)).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}
