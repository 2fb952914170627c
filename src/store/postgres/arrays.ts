import { isFindable } from '#core/searched-text.ts';

/** A one-dimensional array as PostgreSQL takes it in binary: nothing has to be escaped, and nothing parsed. */
export type ArrayParameter = Buffer;

interface ElementType<Value> {
  readonly oid: number;
  readonly lengthOf: (value: Value) => number;
  /** Writes the value at this place; answers how many bytes it took. */
  readonly write: (buffer: Buffer, value: Value, at: number) => number;
}

const bigint: ElementType<number> = {
  oid: 20,
  lengthOf: () => 8,
  write: (buffer, value, at) => {
    buffer.writeInt32BE(Math.floor(value / 2 ** 32), at);
    buffer.writeUInt32BE(value >>> 0, at + 4);
    return 8;
  },
};

const text: ElementType<string> = {
  oid: 25,
  lengthOf: (value) => {
    if (!isFindable(value)) throw new TypeError('PostgreSQL stores no NUL and no lone surrogates.');
    return Buffer.byteLength(value);
  },
  write: (buffer, value, at) => buffer.write(value, at),
};

const bytea: ElementType<string> = {
  oid: 17,
  lengthOf: (value) => {
    if (!/^(?:[0-9a-f]{2})*$/i.test(value)) throw new TypeError('Bytes are written in hexadecimal.');
    return value.length / 2;
  },
  write: (buffer, value, at) => buffer.write(value, at, 'hex'),
};

const base64: ElementType<string> = {
  oid: 17,
  lengthOf: (value) => Buffer.byteLength(value, 'base64'),
  write: (buffer, value, at) => buffer.write(value, at, 'base64'),
};

/** `bigint[]`; numbers up to 2^53. */
export const bigints = (values: readonly (number | null)[]): ArrayParameter => encode(bigint, values);

/** `text[]`. Throws a TypeError for what PostgreSQL's text cannot hold: NUL and lone surrogates. */
export const texts = (values: readonly (string | null)[]): ArrayParameter => encode(text, values);

/** `bytea[]` of what is given in hexadecimal. Throws a TypeError when it is not. */
export const bytes = (values: readonly (string | null)[]): ArrayParameter => encode(bytea, values);

/** `bytea[]` of what is given in padded base64. */
export const base64s = (values: readonly (string | null)[]): ArrayParameter => encode(base64, values);

const headerLength = 20;

/** Dimensions, whether there are nulls, of what; the length, counted from 1; then each element behind its own length. */
function encode<Value>(
  { oid, lengthOf, write }: ElementType<Value>,
  values: readonly (Value | null)[],
): ArrayParameter {
  let length = headerLength + 4 * values.length;
  for (const value of values) if (value !== null) length += lengthOf(value);
  const buffer = Buffer.allocUnsafe(length);
  const header = [1, values.includes(null) ? 1 : 0, oid, values.length, 1];
  let at = header.reduce((place, field) => buffer.writeInt32BE(field, place), 0);
  for (const value of values) {
    const written = value === null ? -1 : write(buffer, value, at + 4);
    at = buffer.writeInt32BE(written, at) + Math.max(written, 0);
  }
  return buffer;
}
