import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { Random } from '#core/ports.ts';

/** The randomness of the operating system, fit for secrets. */
export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUIDv7(),
};
