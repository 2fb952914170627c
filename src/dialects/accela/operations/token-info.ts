import { epochMsOf } from '#core/instant.ts';
import type { Answer, Call } from '#dialects/accela/operation.ts';

/** What the caller's token is good for, and for how many seconds more. */
export async function tokenInfo({ actor, grant, users, directory, now }: Call): Promise<Answer> {
  const user = actor.user === undefined ? undefined : await users.get(actor.user);
  const expiresAt = actor.token?.expiresAt;
  return {
    body: {
      ...(grant ? { appId: grant.app } : {}),
      ...(user ? { userId: user.ids['accela'] ?? '' } : {}),
      agencyName: grant?.agency ?? (await directory.realm(actor.realm)).ids['accela'] ?? '',
      // The directory's own tokens have no scopes: they open all.
      scopes: grant?.scopes ?? ['users'],
      ...(expiresAt === undefined ? {} : { expiresIn: Math.floor((epochMsOf(expiresAt) - epochMsOf(now)) / 1000) }),
    },
  };
}
