import { instantOf } from '#core/instant.ts';
import type { Clock } from '#core/ports.ts';

/** The time of this machine: the one place that asks for it. */
export const systemClock: Clock = {
  // biome-ignore lint/plugin: this is the clock that everything else is given.
  now: () => instantOf(Date.now()),
};
