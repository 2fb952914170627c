import type { Client } from '#core/client.ts';
import type { JsonObject } from '#core/json.ts';

/** A client as it is listed: without its secret. The id of a dry run, which would be made, is left out. */
export function encodeClient({ dialect, id, name, createdAt }: Client): JsonObject {
  return { dialect, ...(id === '' ? {} : { id }), name, createdAt };
}
