import { userNotFound } from '#core/policies/authorize.ts';
import type { UserKey } from '#core/user.ts';
import { readingsOf } from '#dialects/accela/decode/resource-id.ts';
import { reviseCitizen } from '#dialects/accela/decode/update.ts';
import { encodeCitizen, encodeResult } from '#dialects/accela/encode.ts';
import type { Answer, Call } from '#dialects/accela/operation.ts';

/** Updates a citizen user, and answers its profile. */
export async function updateCitizen(call: Call): Promise<Answer> {
  const { actor, grant, directory, users, options } = call;
  const sent = call.body();
  const input = {
    user: await keyOf(call),
    kind: 'human',
    // The directory's owner changes users of every realm, but not with a token that is of one agency.
    ...(grant === undefined ? {} : { realm: actor.realm }),
    names: typeof sent['loginName'] === 'string' ? [sent['loginName']] : [],
    sent,
  } as const;
  const { user } = await users.run(reviseCitizen, input, options);
  if (user === undefined) throw userNotFound();
  return { body: encodeResult(encodeCitizen(user, await directory.realm(user.realm))), version: user.version };
}

/** The key of the user that the id in the path means. */
async function keyOf({ directory, id }: Call): Promise<UserKey> {
  for (const reading of readingsOf(id)) {
    const key = await directory.resolve('accela', reading);
    if (key !== undefined) return key;
  }
  throw userNotFound();
}
