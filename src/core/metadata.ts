import { hash } from 'node:crypto';
import { DirectoryError, invalidField } from './errors.ts';
import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import type { Changes } from './patch.ts';
import type { UserKey } from './user.ts';

/** Bytes that are kept about a user, under a key of somebody's own choice: plain data, which nothing here looks into. */
export interface Metadata {
  readonly user: UserKey;
  readonly key: string;
  /** In base64, since it crosses threads and wires as text. */
  readonly value: string;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
}

export type MetadataId = Pick<Metadata, 'user' | 'key'>;

/** What is to become of one key: a value in base64, or null for none. */
export interface MetadataEntry {
  readonly key: string;
  readonly value: string | null;
}

/** The same for several keys, each of which stands once. */
export type MetadataPatch = ReadonlyMap<string, string | null>;

export const metadataLimits = { keys: 1000, keyCharacters: 200, valueBytes: 500_000, bytes: 4 * 1024 * 1024 } as const;

export const metadataKey = ({ user, key }: MetadataId): string => `${user} ${key}`;

/** The size of a value in bytes. */
export const sizeOf = (value: string): number => Buffer.byteLength(value, 'base64');

const prefix = 'metadata.';

/** How history calls a key; whatever the key holds, dots too, stands behind the first one. */
export const metadataPath = (key: string): string => `${prefix}${key}`;
export const isMetadataPath = (path: string): boolean => path.startsWith(prefix);

/** Of a key that is named twice, the last stands. Throws `invalid_argument` for the first bad one. */
export function normaliseMetadata(entries: readonly MetadataEntry[]): MetadataPatch {
  if (entries.length > metadataLimits.keys) {
    throw invalidField('metadata', `metadata must name at most ${metadataLimits.keys} keys.`, 'field_too_long');
  }
  return new Map(entries.map(({ key, value }) => [normaliseKey(key), value === null ? null : normaliseValue(value)]));
}

function normaliseKey(key: unknown): string {
  const most = metadataLimits.keyCharacters;
  if (typeof key !== 'string' || key === '' || (key.length > most && [...key].length > most)) {
    throw invalidField('metadata.key', `A key must be a text of 1 to ${most} characters.`);
  }
  if (key.isWellFormed() && !key.includes('\0')) return key;
  throw invalidField('metadata.key', 'A key must not contain NUL or lone surrogates.');
}

function normaliseValue(value: unknown): string {
  if (typeof value !== 'string' || Buffer.from(value, 'base64').toString('base64') !== value) {
    throw invalidField('metadata.value', 'A value must be padded base64.');
  }
  const size = sizeOf(value);
  if (size > 0 && size <= metadataLimits.valueBytes) return value;
  throw invalidField('metadata.value', `A value must have 1 to ${metadataLimits.valueBytes} bytes.`);
}

/** What a command makes of a user's metadata: what differs, as history shows it, and the rows. */
export interface MetadataChange {
  readonly changes: Changes;
  readonly put: readonly Putting[];
  readonly drop: readonly MetadataId[];
}
/** `createdAt` is that of the value that it replaces. */
type Putting = MetadataId & { readonly value: string; readonly createdAt: Instant | undefined };

/**
 * What of a patch is new to a user. `sizes` are those of all that the user has; `held` answers what stands under the
 * keys of the patch. Throws `failed_precondition` when the user would have too much.
 */
export function changeMetadata(
  user: UserKey,
  patch: MetadataPatch,
  sizes: ReadonlyMap<string, number>,
  held: (key: string) => Metadata | undefined,
): MetadataChange {
  const changes: Record<string, { before: Json; after: Json }> = {};
  const [put, drop]: [Putting[], MetadataId[]] = [[], []];
  const after = new Map(sizes);
  for (const [key, value] of patch) {
    const before = held(key);
    if (value === (before?.value ?? null)) continue;
    changes[metadataPath(key)] = { before: recorded(before?.value ?? null), after: recorded(value) };
    if (value === null) {
      drop.push({ user, key });
      after.delete(key);
    } else {
      put.push({ user, key, value, createdAt: before?.createdAt });
      after.set(key, sizeOf(value));
    }
  }
  if (put.length > 0) refuseTooMuch(after);
  return { changes, put, drop };
}

function refuseTooMuch(sizes: ReadonlyMap<string, number>): void {
  const { keys, bytes } = metadataLimits;
  const total = sizes.values().reduce((sum, size) => sum + size, 0);
  if (sizes.size <= keys && total <= bytes) return;
  const message = `A user has at most ${keys} keys of metadata, with ${bytes} bytes of values in all: delete some first.`;
  throw new DirectoryError('failed_precondition', message, { reason: 'metadata_full', field: 'metadata' });
}

/** Up to so many bytes, history shows a value itself. */
const maxRecordedBytes = 1024;

/** A value as history shows it: in base64, or a large one by its size and SHA-256 (hex). */
function recorded(value: string | null): Json {
  if (value === null) return null;
  const size = sizeOf(value);
  return size <= maxRecordedBytes
    ? value
    : { bytes: size, sha256: hash('sha256', Buffer.from(value, 'base64'), 'hex') };
}

/** Metadata as the changes of its user must add up to it. */
export function recordedMetadata(metadata: Iterable<Metadata>): Record<string, Json> {
  return Object.fromEntries(Array.from(metadata, ({ key, value }) => [metadataPath(key), recorded(value)]));
}

export function metadataNotFound(): DirectoryError {
  return new DirectoryError('not_found', 'The user has no metadata under this key.', {
    reason: 'metadata_not_found',
    field: 'metadata.key',
  });
}
