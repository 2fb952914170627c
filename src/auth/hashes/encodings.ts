import { timingSafeEqual } from 'node:crypto';

const cryptAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Base 64 as crypt(3) writes it: three bytes to four characters, the lowest bits first, without padding. */
export function encodeCrypt(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const bits = first | (second << 8) | (third << 16);
    const characters = Math.min(bytes.length - at, 3) + 1;
    for (let shift = 0; shift < characters * 6; shift += 6) text += cryptAlphabet[(bits >> shift) & 63];
  }
  return text;
}

/** The number that characters of that alphabet stand for, the lowest six bits first. */
export function decodeCryptNumber(text: string): number {
  return [...text].reduceRight((sum, character) => sum * 64 + cryptAlphabet.indexOf(character), 0);
}

/** Bytes of base 64 (RFC 4648), undefined unless it is written in the one way that these bytes are. */
export function decodeBase64(text: string, { padded = false } = {}): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  const written = bytes.toString('base64');
  return text === (padded ? written : written.replace(/=+$/, '')) ? bytes : undefined;
}

/** Takes as long wherever the difference is. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

export function sameText(one: string, other: string): boolean {
  return sameBytes(Buffer.from(one), Buffer.from(other));
}
