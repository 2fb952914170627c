import type { Actor } from '#core/actor.ts';
import { type Client, clientRecord, findClient } from '#core/client.ts';
import type { Command, PrepareContext } from '#core/command.ts';
import { DirectoryError, invalidField } from '#core/errors.ts';
import { isNameable } from '#core/identities.ts';
import { normaliseText } from '#core/names.ts';
import { type Permission, requirePermission } from '#core/permissions.ts';
import { administersVia, notPermitted } from '#core/policies/authorize.ts';
import type { RealmKey } from '#core/realm.ts';

export interface CreateClientInput {
  readonly dialect: string;
  /** Made unless given. */
  readonly id?: string;
  readonly realm: RealmKey;
  readonly name: string;
  /** Made unless given. */
  readonly secret?: string;
}

interface ClientFacts {
  readonly id: string;
  readonly guid: string;
  readonly secretHash: string;
  readonly secret?: string;
}

/** A client; in a dry run without what would be made for it. */
export interface CreatedClient extends Client {
  /** The secret that has been made, this once. Absent when it was given, and in a dry run. */
  readonly secret?: string;
}

/** Lets a program in to a dialect's API. Only an administrator of the realm, or of that dialect in it, may. */
export const createClient: Command<CreateClientInput, ClientFacts | undefined, CreatedClient> = {
  name: 'create-client',

  touches: ({ dialect, id }) => (id === undefined ? {} : { records: [clientRecord(dialect, id)] }),

  async prepare(input, _snapshot, context) {
    authorizeNew(context.actor, input);
    if (input.secret !== undefined && !/^[\x21-\x7e]{16,200}$/.test(input.secret)) {
      throw invalidField('secret', 'secret must have 16 to 200 visible ASCII characters.');
    }
    return context.dryRun ? undefined : await makeFacts(input, context);
  },

  decide(state, input, facts, { actor, now }) {
    const { dialect, realm, name, id = facts?.id ?? '' } = input;
    authorizeNew(actor, input);
    if (input.id !== undefined && !isNameable(input.id)) {
      throw invalidField('id', 'id must have 1 to 200 visible ASCII characters, and more than dots.');
    }
    if (findClient(state, dialect, id)) {
      throw new DirectoryError('already_exists', 'There is a client of this id.', { reason: 'id_taken', field: 'id' });
    }
    const { guid = '', secretHash = '', secret } = facts ?? {};
    const doc = { name: normaliseText('name', name), guid, secretHash, createdAt: now };
    const record = { ...clientRecord(dialect, id), realm, version: 1, doc };
    const shown = secret === undefined ? {} : { secret };
    return { writes: { putRecords: [record] }, result: { dialect, id, realm, ...doc, ...shown } };
  },
};

/** A client administers its dialect: to make one takes the right to change users, too. */
function authorizeNew(actor: Actor, client: Pick<Client, 'realm' | 'dialect'>): void {
  authorizeClients(actor, client, 'clients.write');
  requirePermission(actor, 'users.write');
}

async function makeFacts(input: CreateClientInput, { random, hasher }: PrepareContext): Promise<ClientFacts> {
  const made = input.secret === undefined ? { secret: Buffer.from(random.bytes(24)).toString('base64url') } : {};
  const secretHash = await hasher.hash(input.secret ?? made.secret ?? '');
  return { id: input.id ?? random.uuid(), guid: random.uuid(), secretHash, ...made };
}

/** Shuts a client out: it and the tokens that it has got end with this commit. */
export const revokeClient: Command<{ readonly dialect: string; readonly id: string }, undefined, undefined> = {
  name: 'revoke-client',

  touches: ({ dialect, id }) => ({ records: [clientRecord(dialect, id)] }),

  decide(state, { dialect, id }, _facts, { actor }) {
    requirePermission(actor, 'clients.write');
    const client = findClient(state, dialect, id);
    if (client === undefined || (client.realm !== actor.realm && !actor.owner)) throw clientNotFound();
    authorizeClients(actor, client, 'clients.write');
    const dropTokensOfClient = { dialect, client: id };
    return { writes: { dropRecords: [clientRecord(dialect, id)], dropTokensOfClient }, result: undefined };
  },
};

/** Refuses unless the actor administers this dialect in this realm. */
export function authorizeClients(
  actor: Actor,
  { realm, dialect }: Pick<Client, 'realm' | 'dialect'>,
  permission: Permission,
): void {
  requirePermission(actor, permission);
  if (!(actor.owner || (actor.realm === realm && administersVia(actor, dialect)))) throw notPermitted();
}

function clientNotFound(): DirectoryError {
  return new DirectoryError('not_found', 'There is no such client.', { reason: 'client_not_found' });
}
