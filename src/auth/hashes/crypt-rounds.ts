import { hash } from 'node:crypto';

/**
 * The loop that md5-crypt has and sha-crypt has taken over: each round digests the last digest between the password and
 * the salt, in an order that repeats every 42 rounds. Of the eight orders each is laid out once; a round puts the last
 * digest into its place there.
 */
export function stretch(algorithm: string, first: Buffer, password: Buffer, salt: Buffer, rounds: number): Buffer {
  const layouts = Array.from({ length: 8 }, (_, order) => {
    const middle = [...(order & 2 ? [salt] : []), ...(order & 4 ? [password] : [])];
    return Buffer.concat(order & 1 ? [password, ...middle, first] : [first, ...middle, password]);
  });
  // As text of one byte to a character it takes a third of the time that it takes as a buffer.
  let digest = first.toString('binary');
  for (let round = 0; round < rounds; round++) {
    const isOdd = round & 1;
    const layout = layouts[isOdd | (round % 3 ? 2 : 0) | (round % 7 ? 4 : 0)] as Buffer;
    layout.write(digest, isOdd ? layout.length - digest.length : 0, 'binary');
    digest = hash(algorithm, layout, 'binary');
  }
  return Buffer.from(digest, 'binary');
}

/** The bytes over and over, up to a length. */
export function repeated(bytes: Uint8Array, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

/** The bytes in another order. */
export function ordered(bytes: Uint8Array, order: readonly number[]): Uint8Array {
  return Uint8Array.from(order, (at) => bytes[at] ?? 0);
}
