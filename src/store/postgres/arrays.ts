/** A one-dimensional array as PostgreSQL takes it in binary: nothing has to be escaped, and nothing parsed. */
export type ArrayParameter = Buffer;

const oids = { bigint: 20, text: 25, bytea: 17 } as const;
const headerLength = 20;

/** `bigint[]`; numbers up to 2^53. */
export function bigints(values: readonly (number | null)[]): ArrayParameter {
  const present = values.reduce((count: number, value) => (value === null ? count : count + 1), 0);
  const buffer = Buffer.allocUnsafe(headerLength + 4 * values.length + 8 * present);
  let at = header(buffer, oids.bigint, values.length, present < values.length);
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : 8, at);
    if (value === null) continue;
    at = buffer.writeInt32BE(Math.floor(value / 2 ** 32), at);
    at = buffer.writeUInt32BE(value >>> 0, at);
  }
  return buffer;
}

/** `text[]`. Throws a TypeError for what PostgreSQL's text cannot hold: NUL and lone surrogates. */
export function texts(values: readonly (string | null)[]): ArrayParameter {
  let length = headerLength + 4 * values.length;
  for (const value of values) length += value === null ? 0 : Buffer.byteLength(value);
  const buffer = Buffer.allocUnsafe(length);
  let at = header(buffer, oids.text, values.length, values.includes(null));
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    if (!isStorable(value)) throw new TypeError('PostgreSQL stores no NUL and no lone surrogates.');
    const written = buffer.write(value, at + 4);
    at = buffer.writeInt32BE(written, at) + written;
  }
  return buffer;
}

/** `bytea[]` of what is given in hexadecimal. Throws a TypeError when it is not. */
export function bytes(values: readonly (string | null)[]): ArrayParameter {
  let length = headerLength + 4 * values.length;
  for (const value of values) length += value === null ? 0 : value.length / 2;
  if (!Number.isInteger(length)) throw new TypeError('Bytes are written with two digits each.');
  const buffer = Buffer.allocUnsafe(length);
  let at = header(buffer, oids.bytea, values.length, values.includes(null));
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    const written = buffer.write(value, at + 4, 'hex');
    if (written !== value.length / 2) throw new TypeError('Bytes are written in hexadecimal.');
    at = buffer.writeInt32BE(written, at) + written;
  }
  return buffer;
}

/** Whether a text can be in the database at all: whoever looks for another finds nothing. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Dimensions, whether there are nulls, of what; then the length, counted from 1. */
function header(buffer: Buffer, oid: number, length: number, hasNulls: boolean): number {
  let at = buffer.writeInt32BE(1, 0);
  at = buffer.writeInt32BE(hasNulls ? 1 : 0, at);
  at = buffer.writeInt32BE(oid, at);
  at = buffer.writeInt32BE(length, at);
  return buffer.writeInt32BE(1, at);
}
