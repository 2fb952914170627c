import { setTimeout as pause } from 'node:timers/promises';
import { type Instant, instantOf } from '#core/instant.ts';
import type { Clock } from '#core/ports.ts';

let last: { readonly ms: number; readonly instant: Instant } | undefined;

/** The time of this machine: the one place that asks for it. Written out once for each millisecond. */
export const systemClock: Clock = {
  now: () => {
    // biome-ignore lint/plugin: this is the clock that everything else is given.
    const ms = Date.now();
    if (last?.ms !== ms) last = { ms, instant: instantOf(ms) };
    return last.instant;
  },
  pause: (ms) => pause(ms, undefined, { ref: false }),
};

/** How long something takes: milliseconds that only go forward, whatever the clock is set to. */
export const elapsedMs = (): number => {
  // biome-ignore lint/plugin: this is the clock that everything else is given.
  return performance.now();
};
