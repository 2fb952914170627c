import { createHash, hash } from 'node:crypto';
import { ordered, repeated, stretch } from './crypt-rounds.ts';
import { encodeCrypt, sameText } from './encodings.ts';
import type { Family } from './family.ts';

const salt = '((?!rounds=)[!-#%-9;-~]{0,16})';
const form = new RegExp(
  `^\\$(?:5\\$(?:rounds=([1-9]\\d{0,8})\\$)?${salt}\\$[./0-9A-Za-z]{42}[./0-9A-D]|` +
    `6\\$(?:rounds=([1-9]\\d{0,8})\\$)?${salt}\\$[./0-9A-Za-z]{85}[./01])$`,
);

const sha256: Algorithm = {
  name: 'sha256',
  order: [
    20, 10, 0, 11, 1, 21, 2, 22, 12, 23, 13, 3, 14, 4, 24, 5, 25, 15, 26, 16, 6, 17, 7, 27, 8, 28, 18, 29, 19, 9, 30,
    31,
  ],
  ms: 0.0006,
};

const sha512: Algorithm = {
  name: 'sha512',
  order: [
    42, 21, 0, 1, 43, 22, 23, 2, 44, 45, 24, 3, 4, 46, 25, 26, 5, 47, 48, 27, 6, 7, 49, 28, 29, 8, 50, 51, 30, 9, 10,
    52, 31, 32, 11, 53, 54, 33, 12, 13, 55, 34, 35, 14, 56, 57, 36, 15, 16, 58, 37, 38, 17, 59, 60, 39, 18, 19, 61, 40,
    41, 20, 62, 63,
  ],
  ms: 0.001,
};

/** sha256-crypt and sha512-crypt, as https://www.akkadia.org/drepper/SHA-crypt.txt has them. */
export const shaCrypt: Family = {
  prefix: /^\$[56]\$/,
  form: '$6$rounds=…$salt$digest, rounds being left out for 5000',
  blocks: true,
  read: (text) => {
    const groups = form.exec(text);
    if (!groups) return undefined;
    const [, rounds256, salt256, rounds512, salt512] = groups;
    const rounds = Number(rounds256 ?? rounds512 ?? 5000);
    const algorithm = salt512 === undefined ? sha256 : sha512;
    const saltBytes = Buffer.from(salt256 ?? salt512 ?? '');
    const start = text.slice(0, text.lastIndexOf('$') + 1);
    return {
      parameters: [['rounds', rounds, 1000, 999_999_999]],
      cost: { ms: rounds * algorithm.ms, memoryKiB: 1 },
      matches: (password) => sameText(start + compute(algorithm, Buffer.from(password), saltBytes, rounds), text),
    };
  },
};

interface Algorithm {
  readonly name: 'sha256' | 'sha512';
  /** Where each byte of the text comes from. */
  readonly order: readonly number[];
  /** Of one core, for a round. */
  readonly ms: number;
}

function compute({ name, order }: Algorithm, password: Buffer, salt: Buffer, rounds: number): string {
  const inner = hash(name, Buffer.concat([password, salt, password]), 'buffer');
  const outer = createHash(name).update(password).update(salt).update(repeated(inner, password.length));
  for (let bits = password.length; bits > 0; bits >>= 1) outer.update(bits & 1 ? inner : password);
  const first = outer.digest();
  const passwords = createHash(name);
  for (let count = 0; count < password.length; count++) passwords.update(password);
  const salts = createHash(name);
  for (let count = 0; count < 16 + (first[0] ?? 0); count++) salts.update(salt);
  const manyPasswords = repeated(passwords.digest(), password.length);
  const manySalts = repeated(salts.digest(), salt.length);
  return encodeCrypt(ordered(stretch(name, first, manyPasswords, manySalts, rounds), order));
}
