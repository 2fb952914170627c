import { randomBytes, randomFillSync, randomUUIDv7 } from 'node:crypto';
import type { Random } from '#core/ports.ts';

const pool = Buffer.alloc(4096);
let used = pool.length;

/** The randomness of the operating system, fit for secrets. Small amounts come from a pool, asked for once. */
export const systemRandom: Random = {
  bytes: (length) => (length > 64 ? randomBytes(length) : fromPool(length)),
  uuid: () => randomUUIDv7(),
};

function fromPool(length: number): Uint8Array {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = new Uint8Array(length);
  pool.copy(bytes, 0, used, used + length);
  // What has been given out must not be found here.
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}
