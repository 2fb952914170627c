import type { ShownMessage } from '#core/directory.ts';
import type { JsonObject } from '#core/json.ts';

/**
 * A message to be delivered; its text only where the caller may read it.
 * @param user the directory's id of the user that it is for
 */
export function encodeMessage(message: ShownMessage, user: string): JsonObject {
  const { id, channel, to, createdAt, expiresAt, state, attempts, nextAttemptAt, lastError, text } = message;
  return {
    id,
    channel,
    to,
    user,
    createdAt,
    expiresAt,
    state,
    attempts,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(text === undefined ? {} : { text }),
  };
}
