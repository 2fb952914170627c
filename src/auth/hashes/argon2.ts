import { verify } from '@node-rs/argon2';
import { decodeBase64 } from './encodings.ts';
import type { Family } from './family.ts';

/** KiB gone through in a millisecond of one core. */
const kibPerMs = 2_500;

const number = '(0|[1-9]\\d{0,9})';
const base64 = '([A-Za-z0-9+/]+)';
const form = new RegExp(`^\\$argon2id?\\$v=19\\$m=${number},t=${number},p=${number}\\$${base64}\\$${base64}$`);

/** argon2i and argon2id (RFC 9106), as PHC strings. */
export const argon2: Family = {
  prefix: /^\$argon2id?\$/,
  form: '$argon2id$v=19$m=…,t=…,p=…$salt$digest',
  read: (text) => {
    const costs = costsOf(text);
    if (costs === undefined) return undefined;
    const { memoryCost, timeCost, parallelism } = costs;
    return {
      parameters: [
        ['t', timeCost, 1, 10],
        ['m', memoryCost, 8192, 524_288],
        ['p', parallelism, 1, 16],
      ],
      cost: { ms: (memoryCost * timeCost) / kibPerMs, memoryKiB: memoryCost },
      matches: (password) => verify(text, password),
    };
  },
};

interface Argon2Costs {
  /** KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

function costsOf(text: string): Argon2Costs | undefined {
  const [, m, t, p, salt = '', digest = ''] = form.exec(text) ?? [];
  const saltLength = decodeBase64(salt)?.length ?? 0;
  const digestLength = decodeBase64(digest)?.length ?? 0;
  // A salt of 8 bytes and a digest of 16 are the least that is worth keeping; the library knows salts of up to 48.
  if (saltLength < 8 || saltLength > 48 || digestLength < 16 || digestLength > 64) return undefined;
  const costs = { memoryCost: Number(m), timeCost: Number(t), parallelism: Number(p) };
  // RFC 9106, section 3.1.
  return costs.memoryCost < 8 * costs.parallelism || costs.timeCost < 1 || costs.parallelism < 1 ? undefined : costs;
}

/** Whether this is argon2id that costs at least as much memory and as many passes. */
export function isArgon2id(text: string, least: Pick<Argon2Costs, 'memoryCost' | 'timeCost'>): boolean {
  const costs = text.startsWith('$argon2id$') ? costsOf(text) : undefined;
  return costs !== undefined && costs.memoryCost >= least.memoryCost && costs.timeCost >= least.timeCost;
}
