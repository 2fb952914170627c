import type { JsonObject } from '#core/json.ts';
import type { Metadata } from '#core/metadata.ts';

/** One value with its key. */
export function encodeMetadata({ key, value, createdAt, changedAt }: Metadata): JsonObject {
  return { key, value, createdAt, changedAt };
}
