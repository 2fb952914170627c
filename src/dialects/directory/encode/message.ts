import type { ActingDirectory } from '#core/directory.ts';
import type { JsonObject } from '#core/json.ts';

type ShownMessage = Awaited<ReturnType<ActingDirectory['messages']>>[number];

/**
 * A message to be delivered; its text only where the caller may read it.
 * @param user the directory's id of the user that it is for
 */
export function encodeMessage({ id, channel, to, createdAt, state, text }: ShownMessage, user: string): JsonObject {
  return { id, channel, to, user, createdAt, state, ...(text === undefined ? {} : { text }) };
}
