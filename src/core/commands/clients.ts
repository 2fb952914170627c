import { type Client, clientRecord, findClient } from '#core/client.ts';
import type { Command } from '#core/command.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import { normaliseText } from '#core/names.ts';
import { requirePermission } from '#core/permissions.ts';
import { administersVia, notPermitted } from '#core/policies/authorize.ts';
import type { RealmKey } from '#core/realm.ts';

export interface CreateClientInput {
  readonly dialect: string;
  readonly id: string;
  readonly realm: RealmKey;
  readonly name: string;
  readonly secret: string;
}

/** Lets a program in to a dialect's API. Only an administrator of the realm may. */
export const createClient: Command<CreateClientInput, { guid: string; secretHash: string } | undefined, Client> = {
  name: 'create-client',

  touches: ({ dialect, id }) => ({ records: [clientRecord(dialect, id)] }),

  async prepare({ dialect, realm, secret }, _snapshot, { actor, hasher, random, dryRun }) {
    authorizeClients(actor, realm, dialect);
    if (!/^[\x21-\x7e]{16,200}$/.test(secret)) {
      throw invalidField('secret', 'secret must have 16 to 200 visible ASCII characters.');
    }
    return dryRun ? undefined : { guid: random.uuid(), secretHash: await hasher.hash(secret) };
  },

  decide(state, { dialect, id, realm, name }, facts, { actor, now }) {
    authorizeClients(actor, realm, dialect);
    if (!/^[\x21-\x7e]{1,200}$/.test(id)) {
      throw invalidField('id', 'id must have 1 to 200 visible ASCII characters.');
    }
    if (findClient(state, dialect, id)) {
      throw new DirectoryError('already_exists', 'There is a client of this id.', { reason: 'id_taken', field: 'id' });
    }
    const doc = { name: normaliseText('name', name), guid: '', secretHash: '', ...facts, createdAt: now };
    const record = { ...clientRecord(dialect, id), realm, version: 1, doc };
    return { writes: { putRecords: [record] }, result: { dialect, id, realm, ...doc } };
  },
};

/** Shuts a client out: it and the tokens that it has got end with this commit. */
export const revokeClient: Command<{ readonly dialect: string; readonly id: string }, undefined, undefined> = {
  name: 'revoke-client',

  touches: ({ dialect, id }) => ({ records: [clientRecord(dialect, id)] }),

  decide(state, { dialect, id }, _facts, { actor }) {
    const client = findClient(state, dialect, id);
    if (client === undefined || (client.realm !== actor.realm && !actor.owner)) {
      throw new DirectoryError('not_found', 'There is no such client.', { reason: 'client_not_found' });
    }
    authorizeClients(actor, client.realm, dialect);
    const dropTokensOfClient = { dialect, client: id };
    return { writes: { dropRecords: [clientRecord(dialect, id)], dropTokensOfClient }, result: undefined };
  },
};

function authorizeClients(actor: Parameters<typeof administersVia>[0], realm: RealmKey, dialect: string): void {
  requirePermission(actor, 'clients.write');
  if (!(actor.owner || (actor.realm === realm && administersVia(actor, dialect)))) throw notPermitted();
}
