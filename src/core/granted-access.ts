import type { Actor, Via } from './actor.ts';
import { type Client, clientOf, clientRecord } from './client.ts';
import { tokenNotFound } from './commands/tokens.ts';
import { DirectoryError } from './errors.ts';
import { epochMsOf } from './instant.ts';
import { keyOf, type MachineKey } from './machine-key.ts';
import type { Message } from './message.ts';
import { requirePermission } from './permissions.ts';
import { administersVia, authorizeSight, notPermitted, userNotFound } from './policies/authorize.ts';
import { type DialectRecord, recordKey, type Store } from './ports.ts';
import type { Realm, RealmKey } from './realm.ts';
import type { Token } from './token.ts';
import type { UserKey } from './user.ts';

// Who and what has been let in, as one caller may see it.

/** Records that are read at most: a realm has a handful of clients. */
const maxClients = 10_000;
/** Of one realm, and realms: in all of them, administrators look for one user's. */
const maxCredentials = 10_000;
const maxRealms = 100_000;

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

/** The realms that the actor may see: its own, and all for the owner of the directory. */
export async function realmsFor(actor: Actor, store: Store, page: RealmPage): Promise<readonly Realm[]> {
  requirePermission(actor, 'users.read');
  return await realmsSeenBy(actor, store, page);
}

interface RealmPage {
  readonly after?: RealmKey;
  readonly limit: number;
}

async function realmsSeenBy(actor: Actor, store: Store, { after, limit }: RealmPage): Promise<readonly Realm[]> {
  if (actor.owner) return await store.realmsAfter(after, limit);
  const { realms } = await store.load({ realms: [actor.realm] });
  return [...realms.values()].filter(({ key }) => after === undefined || key > after);
}

/** Lasting tokens of one dialect: of the users and clients of a realm that the actor administers, or its own. */
export async function lastingTokensFor(actor: Actor, via: Via, store: Store, dialect: string): Promise<Token[]> {
  requirePermission(actor, 'tokens.read');
  const tokens = await inRealms(actor, store, (realm) => store.tokensIn(realm, maxCredentials, dialect));
  return tokens.filter(({ user }) => mayList(actor, user, via));
}

/** Keys of one dialect likewise. */
export async function keysFor(actor: Actor, via: Via, store: Store, dialect: string): Promise<MachineKey[]> {
  requirePermission(actor, 'users.read');
  const records = await inRealms(actor, store, (realm) => store.recordsIn(realm, 'key', maxCredentials));
  return records.filter((record) => record.dialect === dialect && mayList(actor, record.owner, via)).map(keyOf);
}

/** Messages of every realm that the actor may see, the newest first. */
export async function messagesFor(actor: Actor, via: Via, store: Store, limit: number): Promise<readonly Message[]> {
  requirePermission(actor, 'messages.read');
  if (!administersVia(actor, via.dialect)) throw notPermitted();
  const messages = await inRealms(actor, store, (realm) => store.messages(realm, limit));
  // Those of one realm come in order already, also where they were made in one moment.
  return messages.sort((one, other) => epochMsOf(other.createdAt) - epochMsOf(one.createdAt)).slice(0, limit);
}

/** What there is of these in every realm that the actor may see. */
async function inRealms<Row>(actor: Actor, store: Store, read: (realm: RealmKey) => Promise<readonly Row[]>) {
  const rows: Row[] = [];
  for (const { key } of await realmsSeenBy(actor, store, { limit: maxRealms })) rows.push(...(await read(key)));
  return rows;
}

function mayList(actor: Actor, user: UserKey | undefined, { dialect }: Via): boolean {
  return administersVia(actor, dialect) || (user !== undefined && actor.user === user);
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
