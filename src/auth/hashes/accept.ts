import { invalidField } from '#core/errors.ts';
import { familyOf } from './families.ts';

/**
 * What one check of a hash made elsewhere may take, below ZITADEL's own highest bounds, which go up to 4 GiB and to
 * hours: memory in KiB, milliseconds of one core. What a check takes is reckoned from the parameters, so that every
 * machine takes over the same hashes. The constants beside each family are processor time that was measured with Node
 * 26 on one core of an AMD EPYC, for a password of 28 characters.
 */
const ceiling = { memoryKiB: 65_536, ms: 1_000 } as const;

/**
 * Refuses a hash that could never be checked, or that would cost too little or too much to check:
 * `hash_unsupported`, `hash_malformed`, `hash_out_of_bounds`.
 */
export function acceptForeignHash(text: string): void {
  const family = familyOf(text);
  if (family === undefined) {
    const known =
      'argon2i, argon2id, bcrypt, scrypt, pbkdf2, sha-crypt, phpass, Drupal 7, md5-crypt, salted SHA or MD5';
    throw invalidField('password', `The hash must be one of ${known}.`, 'hash_unsupported');
  }
  const hash = family.read(text);
  if (hash === undefined) {
    throw invalidField('password', `The hash must have the form ${family.form}.`, 'hash_malformed');
  }
  for (const [name, value, lowest, highest] of hash.parameters) {
    if (value >= lowest && value <= highest) continue;
    throw outOfBounds(`${name} of the hash is ${value}; it must be from ${lowest} to ${highest}.`);
  }
  const { ms, memoryKiB } = hash.cost;
  if (ms <= ceiling.ms && memoryKiB <= ceiling.memoryKiB) return;
  const takes = `${(ms / 1000).toFixed(1)} s and ${Math.ceil(memoryKiB / 1024)} MiB`;
  const most = `${ceiling.ms / 1000} s and ${ceiling.memoryKiB / 1024} MiB`;
  throw outOfBounds(`To check the hash would take some ${takes}; it must be no more than ${most}.`);
}

function outOfBounds(message: string): Error {
  return invalidField('password', message, 'hash_out_of_bounds');
}
