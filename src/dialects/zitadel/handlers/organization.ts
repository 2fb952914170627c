import type { RealmKey } from '#core/realm.ts';
import type { Call } from '#dialects/zitadel/call.ts';
import { refusal } from '#dialects/zitadel/errors.ts';

/**
 * The realm of the organization with this id; without one the header's, and without that the caller's own. Realms never
 * see each other: any other organization is one that is not there.
 */
export async function realmFor(call: Call, id: string | undefined): Promise<RealmKey> {
  const { realm } = call.actor;
  const wanted = id || call.organization || undefined;
  if (wanted === undefined || wanted === (await call.organizationOf(realm))) return realm;
  throw refusal('COMMA-095xh8fll1', 'organization');
}
