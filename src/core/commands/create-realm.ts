import type { Command } from '#core/command.ts';
import { requireUnlimited } from '#core/permissions.ts';
import { notPermitted } from '#core/policies/authorize.ts';
import type { RealmFields, RealmKey } from '#core/realm.ts';

export interface CreateRealmInput {
  readonly key: RealmKey;
  readonly ids: Readonly<Record<string, string>>;
  readonly fields: RealmFields;
}

/** Adds a realm. Only the directory's owner may. */
export const createRealm: Command<CreateRealmInput, undefined, undefined> = {
  name: 'create-realm',

  touches: ({ key }) => ({ realms: [key] }),

  decide(state, { key, ids, fields }, _facts, { actor }) {
    requireUnlimited(actor);
    if (!actor.owner) throw notPermitted();
    return state.realm(key) ? { result: undefined } : { realm: { key, ids, fields }, result: undefined };
  },
};
