import { createUser } from '#core/commands/create-user.ts';
import { decodeRegistration } from '#dialects/accela/decode/registration.ts';
import { encodeResult } from '#dialects/accela/encode.ts';
import type { Answer, Call } from '#dialects/accela/operation.ts';

/** Registers a citizen user in the caller's agency; answers its id alone, as the vendor's servers do. */
export async function registerCitizen({ actor, directory, users, options, body }: Call): Promise<Answer> {
  const realm = await directory.realm(actor.realm);
  const { user } = await users.run(createUser, decodeRegistration(body(), realm), options);
  if (user === undefined) throw new Error('create-user has answered no user');
  return { body: encodeResult({ id: Number(user.ids['accela']) }), version: user.version };
}
