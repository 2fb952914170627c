import { protoInt64, ScalarType } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import type { Json } from '#core/json.ts';

/** Reads a scalar of proto3 JSON: 64-bit integers also as strings, bytes in base64. */
export function readScalar(type: ScalarType, value: Json, path: string, faults: Set<string>): unknown {
  switch (type) {
    case ScalarType.STRING:
      if (typeof value === 'string' && value.isWellFormed()) return value;
      faults.add(`${path} must be a string`);
      return '';
    case ScalarType.BOOL:
      if (typeof value !== 'boolean') faults.add(`${path} must be true or false`);
      return value === true;
    case ScalarType.BYTES:
      return readBytes(value, path, faults);
    case ScalarType.UINT32:
    case ScalarType.UINT64:
      return readUnsigned(type, value, path, faults);
    default:
      throw new Error(`${path}: ${ScalarType[type]} is not read; the vendor's user API has none.`);
  }
}

export function zeroOf(type: ScalarType): unknown {
  switch (type) {
    case ScalarType.STRING:
      return '';
    case ScalarType.BOOL:
      return false;
    case ScalarType.BYTES:
      return new Uint8Array(0);
    case ScalarType.UINT64:
      return protoInt64.zero;
    default:
      return 0;
  }
}

function readBytes(value: Json, path: string, faults: Set<string>): Uint8Array {
  try {
    if (typeof value === 'string') return base64Decode(value);
  } catch {
    // falls through to the one fault below
  }
  faults.add(`${path} must be base64`);
  return new Uint8Array(0);
}

function readUnsigned(type: ScalarType, value: Json, path: string, faults: Set<string>): number | bigint | string {
  const written = typeof value === 'number' ? String(value) : value;
  const limit = type === ScalarType.UINT32 ? 2n ** 32n : 2n ** 64n;
  if (typeof written === 'string' && /^\d{1,20}$/.test(written) && BigInt(written) < limit) {
    return type === ScalarType.UINT32 ? Number(written) : protoInt64.uParse(written);
  }
  faults.add(`${path} must be a whole number, 0 or more`);
  return type === ScalarType.UINT32 ? 0 : protoInt64.zero;
}
