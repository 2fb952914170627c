import type { State, Touches } from './command.ts';
import { type Metadata, type MetadataId, metadataKey, sizeOf } from './metadata.ts';
import {
  type DialectId,
  type DialectRecord,
  type Idempotency,
  idKey,
  type Loaded,
  type RecordId,
  recordKey,
  type Store,
  type Unit,
  type Wanted,
} from './ports.ts';
import type { Realm, RealmKey } from './realm.ts';
import type { Secret, SecretName } from './secret.ts';
import { isAmong, type Token, type TokensOfUser } from './token.ts';
import type { Activity, User, UserKey } from './user.ts';

type Learnt = {
  readonly [Kind in keyof Loaded]-?: Required<Loaded>[Kind] extends ReadonlyMap<infer Key, infer Row>
    ? Map<Key, Row>
    : never;
};

/** What was loaded, overlaid with what earlier commands of the same batch have decided. Reads see those writes. */
export class Overlay implements State {
  readonly #loaded: Learnt = {
    users: new Map(),
    revisions: new Map(),
    realms: new Map(),
    names: new Map(),
    ids: new Map(),
    usersBy: new Map(),
    usersByName: new Map(),
    usersByEmail: new Map(),
    realmIds: new Map(),
    tokens: new Map(),
    secrets: new Map(),
    metadata: new Map(),
    metadataSizes: new Map(),
    idempotency: new Map(),
    records: new Map(),
  };
  #isOvertaken = false;
  readonly #users = new Map<UserKey, User>();
  readonly #activity = new Map<UserKey, Activity>();
  readonly #realms = new Map<RealmKey, Realm>();
  readonly #names = new Map<string, UserKey | undefined>();
  /** New users whose ids nobody has asked for yet. */
  #unindexed: User[] = [];
  readonly #ids = new Map<string, UserKey>();
  readonly #secrets = new Map<string, Secret | undefined>();
  /** What has been written, by user and key. */
  readonly #metadata = new Map<UserKey, Map<string, Metadata | undefined>>();
  readonly #metadataEndedOf = new Set<UserKey>();
  readonly #tokens = new Map<string, Token | undefined>();
  readonly #tokensEndedOf = new Map<UserKey, TokensOfUser[]>();
  readonly #clientsEnded = new Set<string>();
  readonly #records = new Map<string, DialectRecord | undefined>();
  readonly #recordsEndedOf = new Set<UserKey>();
  readonly #idempotency = new Map<string, Idempotency>();

  /** Takes in what has been loaded since. What was known before stays: all that has been written since is on top of it. */
  learn(loaded: Partial<Loaded>): void {
    for (const [user, revision] of loaded.revisions ?? []) {
      if (revision > (this.#loaded.revisions.get(user) ?? revision)) this.#isOvertaken = true;
    }
    for (const kind of Object.keys(loaded) as (keyof Loaded)[]) {
      const known = this.#loaded[kind] as Map<unknown, unknown>;
      for (const [key, row] of loaded[kind] ?? []) if (!known.has(key)) known.set(key, row);
    }
  }

  /** Whether others have written about a user since what it was about to be was decided here: that is not so any more. */
  get isOvertaken(): boolean {
    return this.#isOvertaken;
  }

  /** Where these users stand now, in a store that tells. */
  revisionsOf(users: Iterable<UserKey>): ReadonlyMap<UserKey, number> | undefined {
    if (this.#loaded.revisions.size === 0) return undefined;
    const known = [...users].flatMap((user) => {
      const revision = this.#loaded.revisions.get(user);
      return revision === undefined ? [] : [[user, revision] as const];
    });
    return new Map(known);
  }

  user(key: UserKey): User | undefined {
    const user = this.#users.get(key) ?? this.#loaded.users.get(key);
    const activity = this.#activity.get(key);
    return user && activity ? { ...user, activity } : user;
  }

  realm(key: RealmKey): Realm | undefined {
    return this.#realms.get(key) ?? this.#loaded.realms.get(key);
  }

  holderOfName(nameKey: string): UserKey | undefined {
    return this.#names.has(nameKey) ? this.#names.get(nameKey) : this.#loaded.names.get(nameKey);
  }

  holderOfId(dialect: string, value: string): UserKey | undefined {
    for (const { key, ids } of this.#unindexed) {
      for (const [name, id] of Object.entries(ids)) this.#ids.set(idKey(name, id), key);
    }
    this.#unindexed = [];
    const key = idKey(dialect, value);
    return this.#ids.get(key) ?? this.#loaded.ids.get(key);
  }

  holderOfRealmId(dialect: string, value: string): RealmKey | undefined {
    const made = this.#realms.values().find(({ ids }) => ids[dialect] === value);
    return made?.key ?? this.#loaded.realmIds.get(idKey(dialect, value));
  }

  secret<Name extends SecretName>(user: UserKey, name: Name): Secret<Name> | undefined {
    const key = `${user} ${name}`;
    const secret = this.#secrets.has(key)
      ? this.#secrets.get(key)
      : this.#loaded.secrets.get(user)?.find((loaded) => loaded.name === name);
    return secret as Secret<Name> | undefined;
  }

  metadata(user: UserKey, key: string): Metadata | undefined {
    const written = this.#metadata.get(user);
    if (written?.has(key) || this.#metadataEndedOf.has(user)) return written?.get(key);
    return this.#loaded.metadata.get(metadataKey({ user, key }));
  }

  metadataSizes(user: UserKey): ReadonlyMap<string, number> | undefined {
    const loaded = this.#metadataEndedOf.has(user) ? new Map<string, number>() : this.#loaded.metadataSizes.get(user);
    const written = this.#metadata.get(user);
    if (loaded === undefined || written === undefined) return loaded;
    const sizes = new Map(loaded);
    for (const [key, metadata] of written) {
      if (metadata) sizes.set(key, sizeOf(metadata.value));
      else sizes.delete(key);
    }
    return sizes;
  }

  token(hash: string): Token | undefined {
    if (this.#tokens.has(hash)) return this.#tokens.get(hash);
    const token = this.#loaded.tokens.get(hash);
    if (token === undefined || this.#clientsEnded.has(clientKey(token))) return undefined;
    const ended = token.user === undefined ? undefined : this.#tokensEndedOf.get(token.user);
    return ended?.some((which) => isAmong(which, token)) ? undefined : token;
  }

  tokenById(id: string): Token | undefined {
    const loaded = this.#loaded.tokens.values().find((token) => token.id === id);
    return loaded && this.token(loaded.hash);
  }

  record(dialect: string, kind: string, id: string): DialectRecord | undefined {
    const key = recordKey({ dialect, kind, id });
    if (this.#records.has(key)) return this.#records.get(key);
    const record = this.#loaded.records.get(key);
    return record?.owner !== undefined && this.#recordsEndedOf.has(record.owner) ? undefined : record;
  }

  idempotency(scope: string): Idempotency | undefined {
    return this.#idempotency.get(scope) ?? this.#loaded.idempotency.get(scope);
  }

  /** Takes a decided unit in, so that the batch's next command sees it. */
  absorb(unit: Unit): void {
    const { user, realm } = unit;
    this.#moveRevisions(unit);
    if (user) {
      this.#users.set(user.after.key, user.after);
      if (user.before === 0) this.#unindexed.push(user.after);
      for (const name of unit.removeNames ?? []) this.#names.set(name, undefined);
      for (const { key } of unit.addNames ?? []) this.#names.set(key, user.after.key);
    }
    if (realm) this.#realms.set(realm.after.key, realm.after);
    if (unit.activity) this.#activity.set(unit.activity.user, unit.activity.activity);
    this.#absorbSecretsAndTokens(unit);
    this.#absorbMetadata(unit);
    if (unit.dropRecordsOf !== undefined) this.#endRecordsOf(unit.dropRecordsOf);
    for (const id of unit.dropRecords ?? []) this.#records.set(recordKey(id), undefined);
    for (const record of unit.putRecords ?? []) this.#records.set(recordKey(record), record);
    if (unit.idempotency) this.#idempotency.set(unit.idempotency.scope, unit.idempotency);
  }

  #absorbMetadata({ dropMetadataOf, dropMetadata = [], putMetadata = [] }: Unit): void {
    if (dropMetadataOf !== undefined) {
      this.#metadataEndedOf.add(dropMetadataOf);
      this.#metadata.delete(dropMetadataOf);
    }
    for (const { user, key } of dropMetadata) this.#metadataOf(user).set(key, undefined);
    for (const metadata of putMetadata) this.#metadataOf(metadata.user).set(metadata.key, metadata);
  }

  #metadataOf(user: UserKey): Map<string, Metadata | undefined> {
    const written = this.#metadata.get(user) ?? new Map<string, Metadata | undefined>();
    this.#metadata.set(user, written);
    return written;
  }

  #moveRevisions(unit: Unit): void {
    const { revisions } = this.#loaded;
    if (unit.user?.before === 0) revisions.set(unit.user.after.key, 1);
    for (const [user, revision] of unit.revisions ?? []) revisions.set(user, revision + 1);
  }

  #endRecordsOf(user: UserKey): void {
    this.#recordsEndedOf.add(user);
    for (const [key, record] of this.#records) if (record?.owner === user) this.#records.set(key, undefined);
  }

  #absorbSecretsAndTokens(unit: Unit): void {
    for (const { user, name } of unit.dropSecrets ?? []) this.#secrets.set(`${user} ${name}`, undefined);
    for (const secret of unit.putSecrets ?? []) this.#secrets.set(`${secret.user} ${secret.name}`, secret);
    const ended = unit.dropTokensOf;
    if (ended) {
      this.#tokensEndedOf.set(ended.user, [...(this.#tokensEndedOf.get(ended.user) ?? []), ended.which]);
      for (const [hash, token] of this.#tokens) {
        if (token?.user === ended.user && isAmong(ended.which, token)) this.#tokens.set(hash, undefined);
      }
    }
    if (unit.dropTokensOfClient) this.#clientsEnded.add(clientKey(unit.dropTokensOfClient));
    for (const hash of unit.dropTokens ?? []) this.#tokens.set(hash, undefined);
    for (const token of unit.putTokens ?? []) this.#tokens.set(token.hash, token);
  }
}

function clientKey({ dialect, client = '' }: Pick<Token, 'dialect' | 'client'>): string {
  return `${dialect} ${client}`;
}

/** Reads all of these at once, the realms of the users among them, into `state`. */
export async function loadState(
  store: Pick<Store, 'load'>,
  touched: readonly Touches[],
  idempotency: string[] = [],
  state: Overlay = new Overlay(),
): Promise<Overlay> {
  const loaded = await store.load({ ...wantedOf(touched), idempotency });
  state.learn(loaded);
  const missing = new Set<RealmKey>();
  for (const { realm } of loaded.users.values()) if (state.realm(realm) === undefined) missing.add(realm);
  if (missing.size > 0) state.learn(await store.load({ realms: missing }));
  return state;
}

function wantedOf(touched: readonly Touches[]): Wanted {
  const wanted = {
    users: new Set<UserKey>(),
    realms: new Set<RealmKey>(),
    names: new Set<string>(),
    ids: new Set<DialectId>(),
    realmIds: new Set<DialectId>(),
    tokens: new Set<string>(),
    tokenIds: new Set<string>(),
    secretsOf: new Set<UserKey>(),
    metadata: new Set<MetadataId>(),
    metadataSizesOf: new Set<UserKey>(),
    records: new Set<RecordId>(),
  };
  for (const touches of touched) {
    for (const key of touches.users ?? []) wanted.users.add(key);
    for (const key of touches.realms ?? []) wanted.realms.add(key);
    for (const name of touches.names ?? []) wanted.names.add(name);
    for (const id of touches.ids ?? []) wanted.ids.add(id);
    for (const id of touches.realmIds ?? []) wanted.realmIds.add(id);
    for (const hash of touches.tokens ?? []) wanted.tokens.add(hash);
    for (const id of touches.tokenIds ?? []) wanted.tokenIds.add(id);
    for (const key of touches.secretsOf ?? []) wanted.secretsOf.add(key);
    for (const record of touches.records ?? []) wanted.records.add(record);
    for (const id of touches.metadata ?? []) {
      wanted.metadata.add(id);
      wanted.metadataSizesOf.add(id.user);
    }
  }
  return wanted;
}
