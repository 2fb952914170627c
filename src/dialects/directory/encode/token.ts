import type { Identified } from '#core/directory.ts';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import type { Token } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';

/** A token as it is listed: neither itself nor its hash. Absent members are left out, the id of a dry run too. */
export function encodeToken(token: Token, holders: ReadonlyMap<UserKey, Identified>): JsonObject {
  const { id, user, client, dialect, use, createdAt, expiresAt } = token;
  const holder = user === undefined ? undefined : holders.get(user);
  return {
    ...(id === '' ? {} : { id }),
    ...(holder ? { user: holder.ids['directory'] ?? '', username: holder.username } : {}),
    ...(client === undefined ? {} : { client }),
    dialect,
    use,
    ...permissionsOf(token),
    createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** The rights of another dialect's token are for that dialect alone to read. */
function permissionsOf({ dialect, rights }: Token): JsonObject {
  if (dialect !== 'directory' || !isJsonObject(rights)) return {};
  const { permissions } = rights;
  return permissions === undefined ? {} : { permissions };
}
