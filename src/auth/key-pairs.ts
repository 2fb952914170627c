import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPair } from '#core/commands/machine-keys.ts';
import { DirectoryError } from '#core/errors.ts';
import { bounded } from './bounded.ts';

/** Each takes a tenth of a second or more of a processor, in the pool that also hashes and reads files. */
const making = bounded(1, 100, () => {
  return new DirectoryError('unavailable', 'Too many keys are being made: try again.', { reason: 'queue_full' });
});

const generate = promisify(generateKeyPair);

/** An RSA key of 2048 bits, made off the event loop: SubjectPublicKeyInfo and PKCS #1 in PEM. */
export function newRsaKeyPair(): Promise<KeyPair> {
  return making.run(() =>
    generate('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }),
  );
}
