import type { TOTP } from 'otpauth';
import { invalidField } from '#core/errors.ts';
import { epochMsOf, type Instant } from '#core/instant.ts';
import { lazyModule } from '#core/lazily.ts';
import type { Random } from '#core/ports.ts';

const library = lazyModule<typeof import('otpauth')>('otpauth');

/** What every authenticator app takes (RFC 6238): SHA-1, six digits, 30 seconds. */
const parameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** A code also holds one step before and after its own. */
const window = 1;

/** Wrong codes after which a registration is forgotten. */
export const maxTotpAttempts = 10;

/** As long as SHA-1's digest, as RFC 4226 advises; base32. */
export function newTotpSecret(random: Random): string {
  return new (library().Secret)({ buffer: new Uint8Array(random.bytes(20)).buffer }).base32;
}

/** A secret from elsewhere in the form in which it is kept: capitals, no spaces, no padding. */
export function normaliseTotpSecret(value: string): string {
  const secret = value.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();
  if (/^[A-Z2-7]{16,128}$/.test(secret)) return secret;
  throw invalidField('totpSecret', 'totpSecret must be base32, with 16 to 128 characters.');
}

/** The time step that a code is of, if it holds now and its step is later than the last one that was taken. */
export function totpStep(secret: string, code: string, now: Instant, lastStep?: number): number | undefined {
  const token = code.trim();
  // The library would fail over what has six characters and more bytes.
  if (!/^[0-9]{6}$/.test(token)) return undefined;
  const timestamp = epochMsOf(now);
  const delta = totpOf(secret).validate({ token, timestamp, window });
  if (delta === null) return undefined;
  const step = library().TOTP.counter({ period: parameters.period, timestamp }) + delta;
  return lastStep === undefined || step > lastStep ? step : undefined;
}

/** What an authenticator app reads from a QR code. */
export function totpUri(secret: string, issuer: string, account: string): string {
  return totpOf(secret, { issuer, label: account }).toString();
}

function totpOf(secret: string, names: { issuer?: string; label?: string } = {}): TOTP {
  const { Secret, TOTP } = library();
  return new TOTP({ ...parameters, ...names, secret: Secret.fromBase32(secret) });
}
