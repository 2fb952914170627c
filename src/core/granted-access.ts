import type { Actor, Via } from './actor.ts';
import { type Client, clientOf, clientRecord } from './client.ts';
import { tokenNotFound } from './commands/tokens.ts';
import { DirectoryError } from './errors.ts';
import { requirePermission } from './permissions.ts';
import { administersVia, authorizeSight, notPermitted, userNotFound } from './policies/authorize.ts';
import { type DialectRecord, recordKey, type Store } from './ports.ts';
import type { Token } from './token.ts';
import type { UserKey } from './user.ts';

// Who and what has been let in, as one caller may see it.

/** Records that are read at most: a realm has a handful of clients. */
const maxClients = 10_000;

/** The tokens of a user that the actor may see, or of all whom it administers, or its own. */
export async function tokensFor(
  actor: Actor,
  via: Via,
  store: Store,
  { user, limit }: { readonly user?: UserKey; readonly limit: number },
): Promise<readonly Token[]> {
  requirePermission(actor, 'tokens.read');
  if (user !== undefined) {
    await authorizeSightOf(user, actor, via, store);
    return await store.tokensOf(user, limit);
  }
  if (administersVia(actor, via.dialect)) return await store.tokensIn(actor.realm, limit);
  return actor.user === undefined ? [] : await store.tokensOf(actor.user, limit);
}

/** One token. Rejects with `token_not_found` unless the actor may see whose it is. */
export async function tokenFor(actor: Actor, via: Via, store: Store, id: string): Promise<Token> {
  requirePermission(actor, 'tokens.read');
  const [token] = (await store.load({ tokenIds: [id] })).tokens.values();
  if (token === undefined) throw tokenNotFound();
  if (token.user === undefined) {
    const client = await clientRecordOf(token, store);
    if (client === undefined || !administers(actor, client)) throw tokenNotFound();
    return token;
  }
  try {
    await authorizeSightOf(token.user, actor, via, store);
    return token;
  } catch (error) {
    throw error instanceof DirectoryError && error.code !== 'unavailable' ? tokenNotFound() : error;
  }
}

/** The clients of the actor's realm, of the dialects that it administers. */
export async function clientsFor(actor: Actor, store: Store, limit: number): Promise<readonly Client[]> {
  requirePermission(actor, 'clients.read');
  if (!actor.owner && actor.administers.length === 0) throw notPermitted();
  const records = await store.recordsIn(actor.realm, 'client', maxClients);
  return records
    .filter((record) => administers(actor, record))
    .slice(0, limit)
    .map(clientOf);
}

async function clientRecordOf({ dialect, client = '' }: Token, store: Store): Promise<DialectRecord | undefined> {
  const id = clientRecord(dialect, client);
  return (await store.load({ records: [id] })).records.get(recordKey(id));
}

function administers(actor: Actor, { realm, dialect }: Pick<DialectRecord, 'realm' | 'dialect'>): boolean {
  return actor.owner || (actor.realm === realm && administersVia(actor, dialect));
}

async function authorizeSightOf(key: UserKey, actor: Actor, via: Via, store: Store): Promise<void> {
  const user = (await store.load({ users: [key] })).users.get(key);
  if (user === undefined || user.fields.lifecycle === 'deleted') throw userNotFound();
  authorizeSight(actor, user, via);
}
