import { hash } from 'node:crypto';
import { decodeCryptNumber, encodeCrypt, sameText } from './encodings.ts';
import type { Family, PasswordHash } from './family.ts';

/** Of one core, for an iteration. */
const [md5Ms, sha512Ms] = [0.0005, 0.0006];

/** phpass's portable hashes: https://www.openwall.com/phpass/, and `$H$` as phpBB has it. */
export const phpass: Family = {
  prefix: /^\$[PH]\$/,
  form: '$P$ and 31 characters',
  blocks: true,
  read: (text) => {
    const ln = costOf(text, /^\$[PH]\$([./0-9A-Za-z])[./0-9A-Za-z]{8}[./0-9A-Za-z]{21}[./01]$/);
    return ln === undefined ? undefined : hashOf(text, 'md5', ln, ['cost', ln, 7, 31], md5Ms);
  },
};

/** What Drupal 7 made of it: SHA-512, of whose digest as many characters are kept as there is room for. */
export const drupal7: Family = {
  prefix: /^\$S\$/,
  form: '$S$ and 52 characters',
  blocks: true,
  read: (text) => {
    const ln = costOf(text, /^\$S\$([./0-9A-Za-z])[./0-9A-Za-z]{8}[./0-9A-Za-z]{43}$/);
    return ln === undefined ? undefined : hashOf(text, 'sha512', ln, ['iterations', 2 ** ln, 1000, 500_000], sha512Ms);
  },
};

/** The logarithm of the iterations. */
function costOf(text: string, form: RegExp): number | undefined {
  const digit = form.exec(text)?.[1];
  return digit === undefined ? undefined : decodeCryptNumber(digit);
}

function hashOf(
  text: string,
  algorithm: 'md5' | 'sha512',
  ln: number,
  parameter: PasswordHash['parameters'][number],
  msPerIteration: number,
): PasswordHash {
  return {
    parameters: [parameter],
    cost: { ms: 2 ** ln * msPerIteration, memoryKiB: 1 },
    matches: (password) => {
      const digest = compute(algorithm, Buffer.from(password), Buffer.from(text.slice(4, 12)), 2 ** ln);
      return sameText((text.slice(0, 12) + encodeCrypt(digest)).slice(0, text.length), text);
    },
  };
}

function compute(algorithm: string, password: Buffer, salt: Buffer, iterations: number): Buffer {
  // As text of one byte to a character it takes a third of the time that it takes as a buffer.
  let digest = hash(algorithm, Buffer.concat([salt, password]), 'binary');
  const layout = Buffer.concat([Buffer.from(digest, 'binary'), password]);
  for (let iteration = 0; iteration < iterations; iteration++) {
    layout.write(digest, 'binary');
    digest = hash(algorithm, layout, 'binary');
  }
  return Buffer.from(digest, 'binary');
}
