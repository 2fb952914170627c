import { updateUser } from '#core/commands/update-user.ts';
import { DirectoryError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { restsOnPresentPhone } from '#dialects/accela/decode/mobile-phone.ts';
import { decodeUpdate } from '#dialects/accela/decode/update.ts';
import { encodeCitizen, encodeResult } from '#dialects/accela/encode.ts';
import type { Answer, Call } from '#dialects/accela/operation.ts';
import { findCitizen } from './find-citizen.ts';

const maxAttempts = 100;

/**
 * Updates a citizen user, and answers its profile. A body that gives half a phone was read beside the other half, so it
 * is read again when the user has changed before it could be committed.
 */
export async function updateCitizen(call: Call): Promise<Answer> {
  const body = call.body();
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    try {
      return await updateOnce(call, body);
    } catch (error) {
      const moved = error instanceof DirectoryError && error.reason === 'version_mismatch';
      if (!moved || call.options.ifVersion !== undefined) throw error;
    }
  }
  throw new DirectoryError('unavailable', 'The user keeps changing: try again.', { reason: 'queue_full' });
}

async function updateOnce(call: Call, body: JsonObject): Promise<Answer> {
  const user = await findCitizen(call, call.id);
  const realm = await call.directory.realm(user.realm);
  const input = decodeUpdate(body, user, realm);
  const held = input.phone && restsOnPresentPhone(body) ? { ifVersion: user.version } : {};
  const command = { user: user.key, kind: 'human', ...input } as const;
  const { user: after = user } = await call.users.run(updateUser, command, { ...held, ...call.options });
  return { body: encodeResult(encodeCitizen(after, realm)), version: after.version };
}
