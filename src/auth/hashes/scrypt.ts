import { type ScryptOptions, scrypt as scryptOf } from 'node:crypto';
import { promisify } from 'node:util';
import { decodeBase64, decodeCryptNumber, encodeCrypt, sameBytes, sameText } from './encodings.ts';
import type { Cost, Family, Parameter, PasswordHash } from './family.ts';

const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scryptOf);

/** Filled and read again in a millisecond of one core. */
const kibPerMs = 270;

interface Work {
  /** The logarithm of N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const number = '(0|[1-9]\\d{0,4})';
const base64 = '([A-Za-z0-9+/]+)';
const named = new RegExp(`^\\$(?:scrypt|7)\\$ln=${number},r=${number},p=${number}\\$${base64}\\$${base64}$`);

/** scrypt (RFC 7914) as passlib writes it. ZITADEL takes the same under the name `$7$`. */
export const scrypt: Family = {
  prefix: /^\$(scrypt\$|7\$ln=)/,
  form: '$scrypt$ln=…,r=…,p=…$salt$digest',
  read: (text) => {
    const [, ln, r, p, salt = '', digest = ''] = named.exec(text) ?? [];
    const [saltBytes, expected] = [decodeBase64(salt), decodeBase64(digest)];
    if (!saltBytes || !expected || expected.length < 16 || expected.length > 64) return undefined;
    const work = { ln: Number(ln), r: Number(r), p: Number(p) };
    const matches = async (password: string) =>
      sameBytes(await compute(password, saltBytes, work, expected.length), expected);
    return hashOf(work, matches);
  },
};

const packed =
  /^\$7\$([./0-9A-Za-z])([./0-9A-Za-z]{5})([./0-9A-Za-z]{5})([!-#%-9;-~]{0,64})\$[./0-9A-Za-z]{42}[./0-9A-D]$/;

/** scrypt as crypt(5) writes it: N, r and p in a fixed width, and a salt that is taken as the text it is. */
export const cryptScrypt: Family = {
  prefix: /^\$7\$(?!ln=)/,
  form: '$7$, 11 characters, salt$digest',
  read: (text) => {
    const [, ln, r, p, salt = ''] = packed.exec(text) ?? [];
    if (ln === undefined || r === undefined || p === undefined) return undefined;
    const work = { ln: decodeCryptNumber(ln), r: decodeCryptNumber(r), p: decodeCryptNumber(p) };
    const start = text.slice(0, text.lastIndexOf('$') + 1);
    const matches = async (password: string) =>
      sameText(start + encodeCrypt(await compute(password, Buffer.from(salt), work, 32)), text);
    return hashOf(work, matches);
  },
};

function hashOf(work: Work, matches: PasswordHash['matches']): PasswordHash | undefined {
  const { ln, r, p } = work;
  if (ln < 1 || r < 1 || p < 1) return undefined;
  const parameters: Parameter[] = [
    ['ln', ln, 14, 20],
    ['r', r, 8, 32],
    ['p', p, 1, 16],
  ];
  return { parameters, cost: costOf(work), matches };
}

/** N blocks of 128 r bytes, gone through p times. */
function costOf({ ln, r, p }: Work): Cost {
  const memoryKiB = (2 ** ln * r) / 8;
  return { ms: (memoryKiB * p) / kibPerMs, memoryKiB };
}

function compute(password: string, salt: Uint8Array, { ln, r, p }: Work, length: number): Promise<Buffer> {
  // OpenSSL counts some blocks besides N; what it may take has been bounded before.
  return derive(password, salt, length, { N: 2 ** ln, r, p, maxmem: 128 * r * (2 ** ln + p + 32) });
}
