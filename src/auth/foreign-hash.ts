import { parseOptions as parseArgon } from '@node-rs/argon2';
import { invalidField } from '#core/errors.ts';

/** The schemes in which a password's hash can be checked. */
export type Scheme = 'argon2' | 'bcrypt';

export function schemeOf(hash: string): Scheme | undefined {
  if (/^\$argon2id?\$/.test(hash)) return 'argon2';
  return /^\$2[aby]\$/.test(hash) ? 'bcrypt' : undefined;
}

/** What a hash made elsewhere may cost us to check, lowest and highest, as ZITADEL bounds its imports. */
const bounds = {
  argon2: { timeCost: [1, 10], memoryCost: [8192, 524_288], parallelism: [1, 16] },
  bcrypt: { cost: [10, 16] },
} as const;

/**
 * Refuses a hash that could never be checked, or that would cost too little or too much to check:
 * `hash_unsupported`, `hash_malformed`, `hash_out_of_bounds`.
 */
export function acceptForeignHash(hash: string): void {
  const scheme = schemeOf(hash);
  if (scheme === undefined) {
    throw invalidField('password', 'The hash must be bcrypt, argon2i or argon2id.', 'hash_unsupported');
  }
  const costs = scheme === 'argon2' ? readArgon(hash) : readBcrypt(hash);
  for (const [name, [lowest, highest]] of Object.entries(bounds[scheme])) {
    const cost = costs[name] ?? 0;
    if (cost < lowest || cost > highest) {
      const message = `${name} of the hash is ${cost}; it must be from ${lowest} to ${highest}.`;
      throw invalidField('password', message, 'hash_out_of_bounds');
    }
  }
}

const base64 = '[A-Za-z0-9+/]';
// A salt of 8 bytes and a digest of 16 are the least that is worth keeping.
const argonForm = new RegExp(`^\\$argon2id?\\$v=19\\$m=\\d+,t=\\d+,p=\\d+\\$${base64}{11,64}\\$${base64}{22,86}$`);

function readArgon(hash: string): Record<string, number> {
  if (!argonForm.test(hash)) throw malformed('$argon2id$v=19$m=…,t=…,p=…$salt$digest');
  try {
    const { timeCost, memoryCost, parallelism } = parseArgon(hash);
    return { timeCost, memoryCost, parallelism };
  } catch {
    throw malformed('$argon2id$v=19$m=…,t=…,p=…$salt$digest');
  }
}

function readBcrypt(hash: string): Record<string, number> {
  const [, cost] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash) ?? [];
  if (cost === undefined) throw malformed('$2b$12$ and 53 characters');
  return { cost: Number(cost) };
}

function malformed(form: string): Error {
  return invalidField('password', `The hash must have the form ${form}.`, 'hash_malformed');
}
