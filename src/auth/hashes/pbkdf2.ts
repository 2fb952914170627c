import { pbkdf2 as pbkdf2Of } from 'node:crypto';
import { promisify } from 'node:util';
import { decodeBase64, sameBytes } from './encodings.ts';
import type { Family } from './family.ts';

const derive = promisify(pbkdf2Of);

/**
 * Bytes of a digest, and milliseconds of one core for an iteration. Of the shorter ones that is twice what was measured:
 * some processors lack the instructions for them.
 */
const digests: Readonly<Record<string, { readonly bytes: number; readonly ms: number }>> = {
  sha1: { bytes: 20, ms: 0.0004 },
  sha224: { bytes: 28, ms: 0.0004 },
  sha256: { bytes: 32, ms: 0.0004 },
  sha384: { bytes: 48, ms: 0.0006 },
  sha512: { bytes: 64, ms: 0.0006 },
};

const form = /^\$pbkdf2(?:-(sha1|sha224|sha256|sha384|sha512))?\$([1-9]\d{0,9})\$([A-Za-z0-9./]+)\$([A-Za-z0-9./]+)$/;

/** PBKDF2 (RFC 8018) as passlib writes it: base 64 with a dot in the place of the plus sign. */
export const pbkdf2: Family = {
  prefix: /^\$pbkdf2[$-]/,
  form: '$pbkdf2-sha256$rounds$salt$digest, with sha1 (or none), sha224, sha256, sha384 or sha512',
  read: (text) => {
    const [, name = 'sha1', written, salt = '', digest = ''] = form.exec(text) ?? [];
    const [saltBytes, expected] = [salt, digest].map((part) => decodeBase64(part.replaceAll('.', '+')));
    const known = digests[name];
    if (!known || !saltBytes || !expected || expected.length < 16 || expected.length > 64) return undefined;
    const rounds = Number(written);
    return {
      parameters: [['rounds', rounds, 1000, 10_000_000]],
      cost: { ms: rounds * known.ms * Math.ceil(expected.length / known.bytes), memoryKiB: 1 },
      matches: async (password) =>
        sameBytes(await derive(password, saltBytes, rounds, expected.length, name), expected),
    };
  },
};
