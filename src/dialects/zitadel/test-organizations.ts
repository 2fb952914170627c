import { systemActor } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import type { UserPatch } from '#core/patch.ts';
import type { RealmKey } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import type { Client } from './test-client.ts';

/** Another organization than the first. */
export interface Organization {
  /** The vendor's id. */
  readonly id: string;
  readonly realm: RealmKey;
  /** Makes a user in it; answers its id here. */
  user(patch?: UserPatch, kind?: User['kind']): Promise<string>;
}

let made = 0;

export async function newOrganization({ server }: Client, name: string): Promise<Organization> {
  const system = server.directory.as(systemActor, { dialect: 'directory' });
  const { key, ids } = await server.directory.newRealm(`${name} ${++made}`);
  const fields = { name, language: 'en', region: 'CH', timeZone: 'UTC' };
  await system.run(createRealm, { key, ids, fields });
  return {
    id: ids['zitadel'] ?? '',
    realm: key,
    user: async (patch = {}, kind = 'human') => {
      const named = { username: `of-${key}-${++made}`, ...patch };
      const { user } = await system.run(createUser, { realm: key, kind, patch: named });
      return user?.ids['zitadel'] ?? '';
    },
  };
}
