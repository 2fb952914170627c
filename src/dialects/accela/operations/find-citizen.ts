import { userNotFound } from '#core/policies/authorize.ts';
import type { User } from '#core/user.ts';
import { readingsOf } from '#dialects/accela/decode/resource-id.ts';
import type { Call } from '#dialects/accela/operation.ts';

/** The citizen user that an id in a path means. Rejects with `not_found`, or `permission_denied`. */
export async function findCitizen({ actor, grant, directory, users }: Call, id: string): Promise<User> {
  for (const reading of readingsOf(id)) {
    const key = await directory.resolve('accela', reading);
    if (key === undefined) continue;
    const user = await users.get(key);
    // The directory's owner sees every realm, but not with a token that is of one agency.
    const beyond = grant !== undefined && user.realm !== actor.realm;
    if (user.kind === 'human' && !beyond) return user;
  }
  throw userNotFound();
}
