import type { Directory } from '#core/directory.ts';
import type { DirectoryError } from '#core/errors.ts';
import type { RealmKey } from '#core/realm.ts';
import type { Call } from './call.ts';
import { refusal } from './errors.ts';

/** The realm of an organization that a caller names: its own when it names none; COMMA-095xh8fll1 for one that it cannot see. */
export async function realmNamed({ actor, directory }: Call, organization: string | undefined): Promise<RealmKey> {
  if (!organization) return actor.realm;
  const realm = await directory.resolveRealm('zitadel', organization);
  if (realm === undefined || (realm !== actor.realm && !actor.owner)) throw organizationNotFound();
  return realm;
}

export function organizationNotFound(): DirectoryError {
  return refusal('COMMA-095xh8fll1', 'organization');
}

/** Makes a lookup of the vendor's ids of realms. An id never changes, so each is read once. */
export function organizationIds(directory: Pick<Directory, 'realm'>): (realm: RealmKey) => Promise<string> {
  const known = new Map<RealmKey, Promise<string>>();
  return (key) => {
    const id = known.get(key) ?? readId(key);
    known.set(key, id);
    return id;
  };

  async function readId(key: RealmKey): Promise<string> {
    try {
      return (await directory.realm(key)).ids.zitadel ?? '';
    } catch (error) {
      known.delete(key);
      throw error;
    }
  }
}
