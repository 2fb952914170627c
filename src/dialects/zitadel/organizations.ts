import type { Directory } from '#core/directory.ts';
import type { RealmKey } from '#core/realm.ts';

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
