import { reviseUser } from '#core/commands/revise-user.ts';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import { decodeUpdate } from '#dialects/accela/decode/update.ts';
import { encodeCitizen, encodeResult } from '#dialects/accela/encode.ts';
import type { Answer, Call } from '#dialects/accela/operation.ts';
import { findCitizen } from './find-citizen.ts';

/** Updates a citizen user, and answers its profile. */
export async function updateCitizen(call: Call): Promise<Answer> {
  const body = call.body();
  const { loginName } = body;
  const user = await findCitizen(call, call.id);
  const realm = await call.directory.realm(user.realm);
  const input = {
    user: user.key,
    seen: user,
    kind: 'human',
    names: typeof loginName === 'string' ? [loginName] : [],
    revise: (present: User, around: Realm) => decodeUpdate(body, present, around),
  } as const;
  const { user: after = user } = await call.users.run(reviseUser, input, call.options);
  return { body: encodeResult(encodeCitizen(after, realm)), version: after.version };
}
