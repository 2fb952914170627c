import type { Change } from '#core/change.ts';
import type { Message } from '#core/message.ts';
import { type Metadata, metadataKey } from '#core/metadata.ts';
import { type DialectRecord, type Idempotency, idKey, recordKey, type Unit } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';
import type { Token } from '#core/token.ts';
import type { Activity, User, UserKey } from '#core/user.ts';
import { waiting } from './samples.ts';

/** A store as plain as can be: what every store is held against. */
export class ModelStore {
  users = new Map<UserKey, User>();
  activity = new Map<UserKey, Activity>();
  names = new Map<string, UserKey>();
  ids = new Map<string, UserKey>();
  tokens = new Map<string, Token>();
  secrets = new Map<string, Secret>();
  messages = new Map<string, Message>();
  metadata = new Map<string, Metadata>();
  records = new Map<string, DialectRecord>();
  idempotency = new Map<string, Idempotency>();
  feed: Change[] = [];

  /** Which units win. */
  apply(units: readonly Unit[]): boolean[] {
    const lost = new Set<UserKey>();
    return units.map((unit) => {
      const before = { ...this, ...copiesOf(this) };
      const concerned = [...usersOf(unit), ...(unit.restsOn ?? [])];
      const wins = !concerned.some((user) => lost.has(user)) && this.#write(unit);
      if (wins) return true;
      Object.assign(this, before);
      for (const user of usersOf(unit)) lost.add(user);
      return false;
    });
  }

  #write(unit: Unit): boolean {
    if (!this.#writeUser(unit)) return false;
    if (!this.#drop(unit)) return false;
    if (unit.activity) this.activity.set(unit.activity.user, unit.activity.activity);
    for (const secret of unit.putSecrets ?? []) this.secrets.set(`${secret.user} ${secret.name}`, secret);
    for (const token of unit.putTokens ?? []) {
      if ((this.tokens.get(token.hash)?.user ?? token.user) !== token.user) return false;
      this.tokens.set(token.hash, token);
    }
    for (const message of unit.putMessages ?? []) this.messages.set(message.id, waiting(message));
    for (const metadata of unit.putMetadata ?? []) this.metadata.set(metadataKey(metadata), metadata);
    for (const record of unit.putRecords ?? []) {
      if ((this.records.get(recordKey(record))?.version ?? 0) >= record.version) return false;
      this.records.set(recordKey(record), record);
    }
    if (unit.idempotency) {
      const { now, ...row } = unit.idempotency;
      if ((this.idempotency.get(row.scope)?.expiresAt ?? now) > now) return false;
      this.idempotency.set(row.scope, row);
    }
    if (unit.change) this.feed.push(unit.change);
    return true;
  }

  #writeUser({ user, addNames = [], removeNames = [] }: Unit): boolean {
    if (!user) return true;
    const { after, before } = user;
    if ((this.users.get(after.key)?.version ?? 0) !== before) return false;
    this.users.set(after.key, after);
    for (const [dialect, value] of before === 0 ? Object.entries(after.ids) : []) {
      if (this.ids.has(idKey(dialect, value))) return false;
      this.ids.set(idKey(dialect, value), after.key);
    }
    for (const key of removeNames) if (this.names.get(key) === after.key) this.names.delete(key);
    for (const { key } of addNames) {
      if ((this.names.get(key) ?? after.key) !== after.key) return false;
      this.names.set(key, after.key);
    }
    return true;
  }

  #drop(unit: Unit): boolean {
    const {
      dropSecrets = [],
      dropTokens = [],
      dropTokensOf,
      dropTokensOfClient,
      dropRecords = [],
      dropMessagesOf,
      dropMetadata = [],
      dropMetadataOf,
    } = unit;
    for (const { user, name } of dropSecrets) this.secrets.delete(`${user} ${name}`);
    for (const hash of dropTokens) if (!this.tokens.delete(hash)) return false;
    for (const token of this.tokens.values()) {
      const ends = dropTokensOf && dropTokensOf.user === token.user && (dropTokensOf.which === 'all' || token.signedIn);
      const { dialect, client } = dropTokensOfClient ?? {};
      const endsWithClient = client !== undefined && token.client === client && token.dialect === dialect;
      if (ends || endsWithClient) this.tokens.delete(token.hash);
    }
    for (const id of dropRecords) this.records.delete(recordKey(id));
    for (const { id, user } of this.messages.values()) if (user === dropMessagesOf) this.messages.delete(id);
    for (const id of dropMetadata) this.metadata.delete(metadataKey(id));
    for (const [id, { user }] of this.metadata) if (user === dropMetadataOf) this.metadata.delete(id);
    return true;
  }
}

function copiesOf(model: ModelStore): Partial<ModelStore> {
  const copies = Object.entries(model).map(([name, value]) => [
    name,
    Array.isArray(value) ? [...value] : new Map(value),
  ]);
  return Object.fromEntries(copies);
}

function usersOf(unit: Unit): UserKey[] {
  const { user, activity, dropTokensOf, dropMessagesOf, dropMetadataOf } = unit;
  const { putSecrets, dropSecrets, putTokens, putMessages, putMetadata, dropMetadata } = unit;
  const many = [putSecrets, dropSecrets, putTokens, putMessages, putMetadata, dropMetadata];
  const all = [user?.after.key, activity?.user, dropTokensOf?.user, dropMessagesOf, dropMetadataOf];
  return [...all, ...many.flatMap((entries) => entries?.map((entry) => entry.user))].filter((key) => key !== undefined);
}
