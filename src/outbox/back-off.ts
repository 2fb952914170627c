import type { Random } from '#core/ports.ts';

const firstMs = 5000;
const longestMs = 3_600_000;

/**
 * How long to wait after so many attempts: 5 s, then twice as long each time, up to an hour; each a quarter more or less,
 * so that what failed together does not come back together.
 */
export function backOffMs(attempts: number, random: Pick<Random, 'bytes'>): number {
  const ms = Math.min(longestMs, firstMs * 2 ** Math.max(0, attempts - 1));
  const [high = 0, low = 0] = random.bytes(2);
  return Math.round(ms * (0.75 + (0.5 * (high * 256 + low)) / 65_536));
}
