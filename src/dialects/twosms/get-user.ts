import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import type { Exchange } from './exchange.ts';
import { parseGuid } from './guid.ts';
import { Refused } from './model-state.ts';

/** A user and the realm whose defaults it shows. */
export interface UserInRealm {
  readonly user: User;
  readonly realm: Realm;
}

/** GET api/v1/admin/users/{id} */
export async function getUser({ request, acting, directory }: Exchange): Promise<UserInRealm> {
  const user = await acting.getBy('twosms', idOf(request.params));
  return { user, realm: await directory.realm(user.realm) };
}

/** The user's guid in the path, in its canonical form. */
export function idOf(params: unknown): string {
  const { id } = params as { readonly id: string };
  const guid = parseGuid(id);
  if (guid !== undefined) return guid;
  const MessageDetail = "The parameter 'id' must be a globally unique identifier.";
  throw new Refused(400, { Message: 'The request is invalid.', MessageDetail });
}
