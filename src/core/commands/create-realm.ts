import type { Command, State } from '#core/command.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import { isNameable } from '#core/identities.ts';
import { normaliseLanguage, normaliseTimeZone } from '#core/locale.ts';
import { normaliseName } from '#core/names.ts';
import { requireUnlimited } from '#core/permissions.ts';
import { notPermitted } from '#core/policies/authorize.ts';
import type { Realm, RealmFields, RealmKey } from '#core/realm.ts';

export interface CreateRealmInput {
  readonly key: RealmKey;
  readonly ids: Readonly<Record<string, string>>;
  readonly fields: RealmFields;
}

/** A realm as it stands afterwards. */
export type CreatedRealm = Pick<Realm, 'ids' | 'fields' | 'createdAt'>;

/** Adds a realm; one of this key that is there stays as it is. Only the directory's owner may. */
export const createRealm: Command<CreateRealmInput, undefined, CreatedRealm> = {
  name: 'create-realm',

  touches: ({ key, ids }) => ({
    realms: [key],
    realmIds: Object.entries(ids).map(([dialect, value]) => ({ dialect, value })),
  }),

  decide(state, { key, ids, fields: given }, _facts, { actor, now }) {
    requireUnlimited(actor);
    if (!actor.owner) throw notPermitted();
    const present = state.realm(key);
    if (present) return { result: { ids: present.ids, fields: present.fields, createdAt: present.createdAt } };
    for (const [dialect, id] of Object.entries(ids)) checkId(dialect, id, key, state);
    const fields = { ...given, ...normalised(given) };
    return { realm: { key, ids, fields }, result: { ids, fields, createdAt: now } };
  },
};

function normalised({ name, language, region, timeZone }: RealmFields): RealmFields {
  if (!/^[A-Z]{2}$/.test(region)) throw invalidField('region', 'region must be a country code, such as CH.');
  return {
    name: normaliseName('name', name),
    language: normaliseLanguage(language, 'language'),
    region,
    timeZone: normaliseTimeZone(timeZone, 'timeZone'),
  };
}

function checkId(dialect: string, id: string, key: RealmKey, state: State): void {
  const field = `ids.${dialect}`;
  if (!isNameable(id)) throw invalidField(field, `${field} must have 1 to 200 visible ASCII characters.`);
  const holder = state.holderOfRealmId(dialect, id);
  // Another process may make this very realm between the two reads: then it is found when this is committed.
  if (holder === undefined || holder === key) return;
  throw new DirectoryError('already_exists', 'This id is the id of another realm.', { reason: 'id_taken', field });
}
