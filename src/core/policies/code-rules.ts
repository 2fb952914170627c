import type { Random } from '#core/ports.ts';
import type { CodeName } from '#core/secret.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const codeLength = 6;

/** How long a code holds, and after how many wrong guesses it is dropped. */
interface CodeRules {
  readonly lifetimeMs: number;
  readonly maxAttempts: number;
}

const contactRules: CodeRules = { lifetimeMs: 3_600_000, maxAttempts: 10 };

export const codeRules: Readonly<Record<CodeName, CodeRules>> = {
  'code.email': contactRules,
  'code.invite': { lifetimeMs: 72 * 3_600_000, maxAttempts: 3 },
  'code.password': contactRules,
  'code.phone': contactRules,
};

/** How long a code that has expired is remembered, so that it can be asked for again. */
export const codeRememberedMs = 30 * 24 * 3_600_000;

/** A fresh code, every character equally likely. */
export function newCode(random: Random): string {
  const fair = 256 - (256 % alphabet.length);
  let code = '';
  while (code.length < codeLength) {
    for (const byte of random.bytes(codeLength)) {
      if (byte < fair && code.length < codeLength) code += alphabet[byte % alphabet.length];
    }
  }
  return code;
}

/** What a code's keyed digest is bound to: its user and what it is for. */
export function codePurpose(user: number, name: CodeName): string {
  return `${name}/${user}`;
}
