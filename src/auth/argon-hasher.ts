import { availableParallelism } from 'node:os';
import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2';
import { DirectoryError } from '#core/errors.ts';
import type { Hasher } from '#core/ports.ts';
import { bounded } from './bounded.ts';
import { acceptForeignHash } from './hashes/accept.ts';
import { isArgon2id } from './hashes/argon2.ts';
import { familyOf } from './hashes/families.ts';
import { SlowChecks } from './slow-checks.ts';

/** argon2id as the OWASP cheat sheet has it: 19 MiB, two passes, one lane. */
const recommended = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** UTF-8 bytes: phpass and passlib make no hash of more, and some schemes take the square of it. */
const longestForeignPassword = 4096;

export interface HasherOptions {
  /** Hashes at once; one core is left to everything else. */
  readonly atOnce?: number;
  /** How many may wait: what waits longer than a few seconds is better told to come again. */
  readonly waiting?: number;
  /** KiB and passes of new hashes. */
  readonly memoryCost?: number;
  readonly timeCost?: number;
  /** For a check that only JavaScript can do: several times what a hash may cost, as machines differ. */
  readonly deadlineMs?: number;
}

export interface BoundedHasher extends Hasher {
  /** How many wait for their turn. */
  waiting(): number;
}

/**
 * Hashes with argon2id (a PHC string), and checks that and every family of `hashes/`; all of it off the event loop.
 * Beyond `waiting` in the queue it rejects with `resource_exhausted`.
 */
export function createHasher(options: HasherOptions = {}): BoundedHasher {
  const { atOnce = Math.max(1, availableParallelism() - 1), waiting = 200, deadlineMs = 5_000, ...costs } = options;
  const parameters = { ...recommended, ...costs };
  const places = bounded(
    atOnce,
    waiting,
    () =>
      new DirectoryError('resource_exhausted', 'Too many passwords are being checked; try again in a few seconds.', {
        reason: 'queue_full',
      }),
  );
  const { run } = places;
  const slowChecks = new SlowChecks(deadlineMs);
  let nobody: Promise<string> | undefined;
  return {
    hash: (password) => run(() => argonHash(password, parameters)),
    verify: async (hash, password) => {
      const family = familyOf(hash);
      const known = family?.read(hash);
      if (known === undefined) return false;
      if (!family?.blocks) return run(async () => known.matches(password));
      if (Buffer.byteLength(password) > longestForeignPassword) return false;
      return run(() => slowChecks.check({ hash, password }));
    },
    renew: async (hash, password) => {
      if (isArgon2id(hash, parameters)) return undefined;
      try {
        return await run(() => argonHash(password, parameters));
      } catch (error) {
        // Too much to do just now: the next login will see to it.
        if (error instanceof DirectoryError) return undefined;
        throw error;
      }
    },
    pretend: async (password) => {
      nobody ??= argonHash('nobody has this password', parameters);
      const hash = await nobody;
      await run(() => argonVerify(hash, password));
    },
    accept: acceptForeignHash,
    waiting: places.waiting,
  };
}
