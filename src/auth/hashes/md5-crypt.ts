import { createHash, hash } from 'node:crypto';
import { ordered, repeated, stretch } from './crypt-rounds.ts';
import { encodeCrypt, sameText } from './encodings.ts';
import type { Family } from './family.ts';

const form = /^\$1\$([!-#%-9;-~]{0,8})\$[./0-9A-Za-z]{21}[./01]$/;
const order = [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11];

/** md5-crypt, as FreeBSD had it first: a thousand rounds, always. */
export const md5Crypt: Family = {
  prefix: /^\$1\$/,
  form: '$1$salt$digest',
  blocks: true,
  read: (text) => {
    const salt = form.exec(text)?.[1];
    if (salt === undefined) return undefined;
    const start = `$1$${salt}$`;
    return {
      parameters: [],
      cost: { ms: 1, memoryKiB: 1 },
      matches: (password) => sameText(start + compute(Buffer.from(password), Buffer.from(salt)), text),
    };
  },
};

function compute(password: Buffer, salt: Buffer): string {
  const inner = hash('md5', Buffer.concat([password, salt, password]), 'buffer');
  const outer = createHash('md5').update(password).update('$1$').update(salt);
  outer.update(repeated(inner, password.length));
  for (let bits = password.length; bits > 0; bits >>= 1) outer.update(bits & 1 ? '\0' : password.subarray(0, 1));
  return encodeCrypt(ordered(stretch('md5', outer.digest(), password, salt, 1000), order));
}
