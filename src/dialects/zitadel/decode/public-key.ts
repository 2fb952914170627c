import { createPublicKey, type KeyObject } from 'node:crypto';
import { refusal } from '#dialects/zitadel/errors.ts';

/** What is shorter can be broken, and what is longer takes too long to check. */
const [minBits, maxBits] = [2048, 8192];

/** An RSA key in PEM, as SubjectPublicKeyInfo in PEM; undefined for none. Refuses anything else by COMMAND-5F3h1. */
export function decodePublicKey(given: Uint8Array): string | undefined {
  if (given.length === 0) return undefined;
  const key = parse(Buffer.from(given).toString());
  const bits = key?.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key?.asymmetricKeyType !== 'rsa' || bits < minBits || bits > maxBits) throw refusal('COMMAND-5F3h1', 'publicKey');
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** Of a private key or a certificate Node would take the public key out; whoever sends one has made a mistake. */
function parse(pem: string): KeyObject | undefined {
  if (!/^\s*-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}
