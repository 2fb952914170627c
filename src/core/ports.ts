import type { Change } from './change.ts';
import type { ErrorCode } from './errors.ts';
import type { Filter, Page, PageRequest } from './filter.ts';
import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import type { Message, MessageClaim, MessageSettlement, NewMessage } from './message.ts';
import type { Metadata, MetadataId } from './metadata.ts';
import type { Realm, RealmKey } from './realm.ts';
import type { Secret, SecretName } from './secret.ts';
import type { Token, TokensOfUser } from './token.ts';
import type { Activity, User, UserKey } from './user.ts';

export interface Clock {
  now(): Instant;
  /** Resolves after so many milliseconds. It does not keep the process alive. */
  pause(ms: number): Promise<void>;
}

export interface Random {
  bytes(length: number): Uint8Array;
  /** A UUID of version 7. */
  uuid(): string;
}

export interface Log {
  debug(facts: object, text: string): void;
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/** Is told of what the directory does, for figures alone. It has to be quick and must not throw. */
export interface Observer {
  /** A command or a credential that came through this dialect has been refused. */
  refused(dialect: string, code: ErrorCode): void;
}

/** Makes and checks password hashes, off the event loop, a bounded number at a time. */
export interface Hasher {
  hash(password: string): Promise<string>;
  /**
   * False for a wrong password; also when the hash is in no form that it knows. Rejects with `deadline_exceeded` /
   * `password_check_timed_out` when it could not be told in time.
   */
  verify(hash: string, password: string): Promise<boolean>;
  /** The hash to be kept in the place of one that this password was right for; undefined when that is as good. */
  renew(hash: string, password: string): Promise<string | undefined>;
  /** Takes as long as checking a password that somebody has, so that nobody learns who has one. */
  pretend(password: string): Promise<void>;
  /** Whether a hash from elsewhere can be taken over. Throws `hash_unsupported`, `_malformed` or `_out_of_bounds`. */
  accept(hash: string): void;
}

/** Keeps secrets under the directory's key. `purpose` binds a value to its place: it opens nowhere else. */
export interface Sealer {
  seal(text: string, purpose: string): string;
  open(sealed: string, purpose: string): string;
  /** Keyed digests (hex) for what is only compared: under the current key, then under each former one. */
  macs(text: string, purpose: string): readonly [string, ...string[]];
}

/** The identity of one command given with an idempotency key. */
export interface Idempotency {
  /** Actor, operation, target and key, as one digest. */
  readonly scope: string;
  /** Keyed digest of the input: another body under the same key is refused. */
  readonly input: string;
  /** The sealed outcome. */
  readonly outcome: string;
  readonly expiresAt: Instant;
}

/** One that is to be kept. */
export interface NewIdempotency extends Idempotency {
  /** It takes the place of one that has expired by now, and of no other. */
  readonly now: Instant;
}

/** What only one dialect knows. */
export interface DialectRecord {
  readonly dialect: string;
  readonly kind: string;
  readonly id: string;
  readonly realm: RealmKey;
  readonly owner?: UserKey;
  readonly version: number;
  readonly doc: Json;
}

export type RecordId = Pick<DialectRecord, 'dialect' | 'kind' | 'id'>;

/** A name that somebody signs in by, unique in its scope. */
export interface HeldName {
  readonly key: string;
  readonly algorithm: number;
}

/** What one command changes, all or nothing. */
export interface Unit {
  /** The user after the command; `before` is the version that it was decided on, 0 for a new user. */
  readonly user?: { readonly after: User; readonly before: number };
  readonly realm?: { readonly after: Realm; readonly before: number };
  readonly change?: Change;
  readonly addNames?: readonly HeldName[];
  readonly removeNames?: readonly string[];
  readonly activity?: { readonly user: UserKey; readonly activity: Activity };
  readonly putSecrets?: readonly Secret[];
  readonly dropSecrets?: readonly { readonly user: UserKey; readonly name: SecretName }[];
  readonly putTokens?: readonly Token[];
  readonly dropTokens?: readonly string[];
  readonly dropTokensOf?: { readonly user: UserKey; readonly which: TokensOfUser };
  /** Ends the tokens that a client has got. */
  readonly dropTokensOfClient?: { readonly dialect: string; readonly client: string };
  readonly putMessages?: readonly NewMessage[];
  readonly dropMessagesOf?: UserKey;
  readonly putMetadata?: readonly Metadata[];
  readonly dropMetadata?: readonly MetadataId[];
  readonly dropMetadataOf?: UserKey;
  readonly putRecords?: readonly DialectRecord[];
  readonly dropRecords?: readonly RecordId[];
  /** Drops the records that a user owns. */
  readonly dropRecordsOf?: UserKey;
  readonly idempotency?: NewIdempotency;
  /** Users that it was decided on, besides those that it is about: it loses with an earlier unit about one of them. */
  readonly restsOn?: readonly UserKey[];
  /** Where the users that it is about stood when it was decided; it loses when one has moved. See `Loaded.revisions`. */
  readonly revisions?: ReadonlyMap<UserKey, number>;
}

/** What is to be loaded in one read. Users come with their activity. */
export interface Wanted {
  readonly users?: Iterable<UserKey>;
  readonly realms?: Iterable<RealmKey>;
  readonly names?: Iterable<string>;
  readonly ids?: Iterable<DialectId>;
  /** Users by the ids by which dialects know them: one read for what would be two. */
  readonly usersBy?: Iterable<DialectId>;
  /** Users by the keys of their names. */
  readonly usersByName?: Iterable<string>;
  /** Users by their mail addresses, as `foldText` has them. */
  readonly usersByEmail?: Iterable<string>;
  /** Realms by the ids by which dialects know them. */
  readonly realmIds?: Iterable<DialectId>;
  /** By their hashes. */
  readonly tokens?: Iterable<string>;
  /** By their ids. */
  readonly tokenIds?: Iterable<string>;
  readonly secretsOf?: Iterable<UserKey>;
  readonly metadata?: Iterable<MetadataId>;
  readonly metadataSizesOf?: Iterable<UserKey>;
  readonly idempotency?: Iterable<string>;
  readonly records?: Iterable<RecordId>;
}

export interface DialectId {
  readonly dialect: string;
  readonly value: string;
}

export interface Loaded {
  readonly users: ReadonlyMap<UserKey, User>;
  /**
   * From a store that several processes write: how many units have been about each user, be it its fields, activity,
   * secrets, tokens or messages. It is never newer than what else was loaded of the user.
   */
  readonly revisions?: ReadonlyMap<UserKey, number>;
  readonly realms: ReadonlyMap<RealmKey, Realm>;
  /** Name key -> its holder. */
  readonly names: ReadonlyMap<string, UserKey>;
  /** `dialect value` -> the user; an id that was ever given stays here, deleted users included. */
  readonly ids: ReadonlyMap<string, UserKey>;
  /** `dialect value` -> the user, deleted ones too. */
  readonly usersBy: ReadonlyMap<string, User>;
  /** Name key -> its holder. */
  readonly usersByName: ReadonlyMap<string, User>;
  /** Folded address -> at least those who have it, but no more than `maxHolders` and one; some may have had it before. */
  readonly usersByEmail: ReadonlyMap<string, readonly User[]>;
  /** `dialect value` -> the realm. */
  readonly realmIds: ReadonlyMap<string, RealmKey>;
  /** By their hashes, however they were asked for. */
  readonly tokens: ReadonlyMap<string, Token>;
  readonly secrets: ReadonlyMap<UserKey, readonly Secret[]>;
  /** By `metadataKey`. */
  readonly metadata: ReadonlyMap<string, Metadata>;
  /** Of each user that was asked for, key -> bytes of its value. */
  readonly metadataSizes: ReadonlyMap<UserKey, ReadonlyMap<string, number>>;
  readonly idempotency: ReadonlyMap<string, Idempotency>;
  readonly records: ReadonlyMap<string, DialectRecord>;
}

/** More than these are not read by one mail address: whoever looks for it has to search. */
export const maxHolders = 10;

export const idKey = (dialect: string, value: string): string => `${dialect} ${value}`;
export const recordKey = ({ dialect, kind, id }: RecordId): string => `${dialect} ${kind} ${id}`;

/** What became of each unit: its position in the feed (null when it recorded no change), or that it has lost. */
export type UnitOutcome = { readonly position: string | null } | 'lost';

/**
 * Where the directory is kept. Every method rejects with a DirectoryError `unavailable` (reason `store_unavailable` or
 * `store_full`) when the store cannot answer; what was not acknowledged may be repeated.
 */
export interface Store {
  load(wanted: Wanted): Promise<Loaded>;
  /**
   * Commits all units in one durable transaction. A unit loses when its user's or realm's version has moved, a name, an
   * id or a token's hash is somebody else's, a token that it drops has gone, a record is not newer, or its idempotency key has been used; it then leaves no trace, its neighbours
   * commit, and the caller decides it again. Later units about the same user lose with it. In a unit drops go before puts, and removed names before
   * added ones. Of a user, `activity` is written by `unit.activity` alone; realm, kind, ids and createdAt never change.
   * Rejects with another error than a DirectoryError when a unit holds what cannot be stored: nothing of the batch
   * stands then, and the caller gives the units one by one.
   */
  apply(units: readonly Unit[]): Promise<readonly UnitOutcome[]>;
  /** The first of `count` numbers that this sequence has never given out; from 1, below 2^53. */
  allocate(sequence: string, count: number): Promise<number>;
  find(filter: Filter, page: PageRequest): Promise<Page>;
  count(filter: Filter): Promise<number>;
  /** Resolves once searches find all that has been committed without taking it in first. They find it in any case. */
  prepareSearches(): Promise<void>;
  /** The changes of one subject, oldest first. */
  changesOf(kind: Change['subject']['kind'], key: number, page?: ChangesPage): Promise<readonly Positioned<Change>[]>;
  /** The feed after a position (from its start when absent), in commit order. */
  feed(after: string | undefined, limit: number): Promise<readonly Positioned<Change>[]>;
  /** Messages, newest first. */
  messages(realm: RealmKey, limit: number): Promise<readonly Message[]>;
  /**
   * Begins the delivery of messages that are due, for whoever claims them alone. Of what waits for one user on one
   * channel only the oldest is ever claimed, so that it is delivered in order. What is answered is durable.
   */
  claimMessages(claim: MessageClaim): Promise<readonly Message[]>;
  /** Ends a delivery, and wipes what is sealed unless the message waits again. False when the claim does not hold any more. */
  settleMessage(settlement: MessageSettlement): Promise<boolean>;
  countWaitingMessages(): Promise<number>;
  /**
   * Of a store that several processes write: what any of them has committed behind this point, from now on when absent.
   * What has been committed when this is asked is in the answer.
   */
  news?(after: NewsPoint | undefined): Promise<News>;
  /** Resolves when the store can take a write; rejects when it cannot. Writes nothing. */
  check(): Promise<void>;
  /** Realms, oldest first, behind this one (from the first unless given). */
  realmsAfter(realm: RealmKey | undefined, limit: number): Promise<readonly Realm[]>;
  /**
   * Tokens of a realm's users and clients, oldest first: the lasting ones, which came of no sign-in, and the directory's;
   * of one dialect alone, if it is given.
   */
  tokensIn(realm: RealmKey, limit: number, dialect?: string): Promise<readonly Token[]>;
  /** All that one user has, those of sign-ins too, oldest first. */
  tokensOf(user: UserKey, limit: number): Promise<readonly Token[]>;
  /** The records of one kind in a realm, by dialect and id. */
  recordsIn(realm: RealmKey, kind: string, limit: number): Promise<readonly DialectRecord[]>;
  /**
   * Drops tokens and idempotent answers that expired before `now`, codes that did so `codeRememberedMs` earlier, messages
   * that are older than `messagesKeptMs`, what users who were deleted `remainsKeptMs` ago have left, and what the store
   * itself keeps for a while. Of those users the ids stay, and who changed what and when, without the values.
   */
  prune(now: Instant): Promise<void>;
  close(): Promise<void>;
}

/** Changes after a version (from the first unless given), so many at most (all unless given). */
export interface ChangesPage {
  readonly after?: number;
  readonly limit?: number;
}

/** How far somebody has heard the news. */
export interface NewsPoint {
  readonly changes: number;
  readonly revocations: number;
}

/** What commits have touched, for those who remember what they once read. */
export interface News {
  readonly until: NewsPoint;
  readonly users: ReadonlySet<UserKey>;
  readonly realms: ReadonlySet<RealmKey>;
  /** Tokens that were dropped, by their hashes. */
  readonly tokens: ReadonlySet<string>;
  /** Clients whose tokens were dropped: `dialect id`. */
  readonly clients: ReadonlySet<string>;
  /** Nobody can tell any more what has been committed since: it may have been anything. */
  readonly everything: boolean;
}

export type Positioned<T> = T & { readonly position: string };
