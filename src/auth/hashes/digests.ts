import { hash } from 'node:crypto';
import { decodeBase64, sameBytes } from './encodings.ts';
import type { Family, PasswordHash } from './family.ts';

// One digest and no rounds: they cost nothing to check, and nothing to guess. The first login makes them better.

/** MD5 as 32 hexadecimal digits. */
export const md5Plain: Family = {
  prefix: /^[0-9a-fA-F]{32}$/,
  form: '32 hexadecimal digits',
  read: (text) => digestOf(Buffer.from(text, 'hex'), (password) => hash('md5', password, 'buffer')),
};

/** MD5 of a salt before or behind the password, as ZITADEL writes it. */
export const md5Salted: Family = {
  prefix: /^\$md5salted-/,
  form: '$md5salted-prefix$salt$digest or $md5salted-suffix$…, the digest in padded base 64',
  read: (text) => {
    const [, place, salt, digest = ''] = /^\$md5salted-(prefix|suffix)\$([!-#%-~]{1,64})\$(.{24})$/.exec(text) ?? [];
    const expected = decodeBase64(digest, { padded: true });
    if (place === undefined || expected?.length !== 16) return undefined;
    const salted = (password: string) => (place === 'prefix' ? `${salt}${password}` : `${password}${salt}`);
    return digestOf(expected, (password) => hash('md5', salted(password), 'buffer'));
  },
};

const shas: Readonly<Record<string, { readonly algorithm: string; readonly bytes: number }>> = {
  SHA: { algorithm: 'sha1', bytes: 20 },
  SHA256: { algorithm: 'sha256', bytes: 32 },
  SHA384: { algorithm: 'sha384', bytes: 48 },
  SHA512: { algorithm: 'sha512', bytes: 64 },
};

/** SHA-1 and SHA-2 with a salt behind the password, or without one, as directories keep them (RFC 2307). */
export const ldapSha: Family = {
  prefix: /^\{S?SHA(256|384|512)?\}/,
  form: '{SSHA}, {SSHA256}, {SSHA384} or {SSHA512} ({SHA} and so on without salt) and padded base 64',
  read: (text) => {
    const [, salted, name = '', written = ''] =
      /^\{(S(?=SHA))?(SHA(?:256|384|512)?)\}([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
    const [sha, bytes] = [shas[name], decodeBase64(written, { padded: true })];
    if (!sha || !bytes) return undefined;
    const [digest, salt] = [bytes.subarray(0, sha.bytes), bytes.subarray(sha.bytes)];
    if (digest.length < sha.bytes || salt.length > 64 || salt.length > 0 !== Boolean(salted)) return undefined;
    return digestOf(digest, (password) => hash(sha.algorithm, Buffer.concat([Buffer.from(password), salt]), 'buffer'));
  },
};

function digestOf(expected: Buffer, compute: (password: string) => Buffer): PasswordHash {
  const matches = (password: string) => sameBytes(compute(password), expected);
  return { parameters: [], cost: { ms: 0, memoryKiB: 1 }, matches };
}
