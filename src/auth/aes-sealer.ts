import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { Random, Sealer } from '#core/ports.ts';

const ivBytes = 12;
const tagBytes = 16;

interface Key {
  /** Stands in what was sealed, so that several keys can be held while one replaces another. */
  readonly id: string;
  readonly seal: Uint8Array;
  readonly mac: Uint8Array;
}

/**
 * AES-256-GCM and HMAC-SHA-256 under keys derived from the directory's own. The first key seals; all of them open, and
 * all of them make digests, so that what was kept under a former key still compares.
 * @param secretKeys at least one, of 32 bytes
 */
export function createSealer(secretKeys: readonly Uint8Array[], random: Pick<Random, 'bytes'>): Sealer {
  const keys = secretKeys.map(derive);
  const [first, ...former] = keys;
  if (first === undefined) throw new RangeError('The sealer needs a key.');
  return {
    seal: (text, purpose) => `${first.id}.${encrypt(first, text, purpose, random.bytes(ivBytes))}`,
    open: (sealed, purpose) => {
      const [id, content = ''] = sealed.split('.', 2);
      const key = keys.find((held) => held.id === id);
      if (key === undefined) throw new Error(`Sealed with the key ${id}, which MUSTER_SECRET_KEY does not hold.`);
      return decrypt(key, content, purpose);
    },
    macs: (text, purpose) => [digest(first, text, purpose), ...former.map((key) => digest(key, text, purpose))],
  };
}

function derive(secretKey: Uint8Array): Key {
  const part = (use: string, length: number) =>
    new Uint8Array(hkdfSync('sha256', secretKey, '', `muster ${use}`, length));
  return { id: Buffer.from(part('key id', 4)).toString('hex'), seal: part('seal', 32), mac: part('mac', 32) };
}

function encrypt(key: Key, text: string, purpose: string, iv: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', key.seal, iv).setAAD(Buffer.from(purpose));
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function decrypt(key: Key, content: string, purpose: string): string {
  const bytes = Buffer.from(content, 'base64url');
  const iv = bytes.subarray(0, ivBytes);
  const decipher = createDecipheriv('aes-256-gcm', key.seal, iv, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8');
}

// The purpose's length comes first, so that no purpose and text can be told for another pair.
function digest(key: Key, text: string, purpose: string): string {
  return createHmac('sha256', key.mac).update(`${purpose.length}:${purpose}:${text}`).digest('hex');
}
