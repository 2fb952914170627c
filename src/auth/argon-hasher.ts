import { availableParallelism } from 'node:os';
import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2';
import { verify as bcryptVerify } from '@node-rs/bcrypt';
import { DirectoryError } from '#core/errors.ts';
import type { Hasher } from '#core/ports.ts';
import { bounded } from './bounded.ts';
import { acceptForeignHash, schemeOf } from './foreign-hash.ts';

/** argon2id as the OWASP cheat sheet has it: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface HasherOptions {
  /** Hashes at once; one core is left to everything else. */
  readonly atOnce?: number;
  /** How many may wait: what waits longer than a few seconds is better told to come again. */
  readonly waiting?: number;
  /** KiB and passes of new hashes. */
  readonly memoryCost?: number;
  readonly timeCost?: number;
}

export interface BoundedHasher extends Hasher {
  /** How many wait for their turn. */
  waiting(): number;
}

/**
 * Hashes with argon2id (a PHC string), checks argon2i, argon2id and bcrypt; all of it on the thread pool. Beyond
 * `waiting` in the queue it rejects with `resource_exhausted`.
 */
export function createHasher(options: HasherOptions = {}): BoundedHasher {
  const { atOnce = Math.max(1, availableParallelism() - 1), waiting = 200, ...costs } = options;
  const places = bounded(
    atOnce,
    waiting,
    () =>
      new DirectoryError('resource_exhausted', 'Too many passwords are being checked; try again in a few seconds.', {
        reason: 'queue_full',
      }),
  );
  const { run } = places;
  let nobody: Promise<string> | undefined;
  return {
    hash: (password) => run(() => argonHash(password, { ...parameters, ...costs })),
    verify: async (hash, password) => {
      const scheme = schemeOf(hash);
      if (scheme === undefined) return false;
      return run(() => (scheme === 'argon2' ? verifyArgon(hash, password) : bcryptVerify(password, hash)));
    },
    pretend: async (password) => {
      nobody ??= argonHash('nobody has this password', { ...parameters, ...costs });
      const hash = await nobody;
      await run(() => verifyArgon(hash, password));
    },
    accept: acceptForeignHash,
    waiting: places.waiting,
  };
}

// It rejects for text that is no hash; to a caller that is a wrong password like any other.
async function verifyArgon(hash: string, password: string): Promise<boolean> {
  try {
    return await argonVerify(hash, password);
  } catch {
    return false;
  }
}
