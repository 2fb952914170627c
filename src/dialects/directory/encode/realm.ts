import type { JsonObject } from '#core/json.ts';
import type { Realm } from '#core/realm.ts';

/** A realm with the ids by which the dialects know it. */
export function encodeRealm({ ids, fields, createdAt }: Pick<Realm, 'ids' | 'fields' | 'createdAt'>): JsonObject {
  const { name, language, region, timeZone } = fields;
  const id = ids['directory'];
  return { ...(id === undefined ? {} : { id }), ids: { ...ids }, name, language, region, timeZone, createdAt };
}
