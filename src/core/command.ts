import type { Actor, Via } from './actor.ts';
import type { DirectoryError } from './errors.ts';
import type { FieldPath, FieldTable } from './fields.ts';
import type { Instant } from './instant.ts';
import type { Metadata, MetadataId, MetadataPatch } from './metadata.ts';
import type { Fields } from './patch.ts';
import type { Clock, DialectId, DialectRecord, Hasher, Random, RecordId, Sealer, Unit } from './ports.ts';
import type { Realm, RealmFields, RealmKey } from './realm.ts';
import type { Secret, SecretName } from './secret.ts';
import type { Token } from './token.ts';
import type { User, UserBounds, UserKey } from './user.ts';

/** The directory as a command sees it: what its `touches` named, and nothing else. */
export interface State {
  user(key: UserKey): User | undefined;
  realm(key: RealmKey): Realm | undefined;
  /** The user that holds a name, by the name's comparison key. */
  holderOfName(nameKey: string): UserKey | undefined;
  /** The user that has, or ever had, this id in a dialect. */
  holderOfId(dialect: string, value: string): UserKey | undefined;
  secret<Name extends SecretName>(user: UserKey, name: Name): Secret<Name> | undefined;
  metadata(user: UserKey, key: string): Metadata | undefined;
  /** The bytes of every value that a user has, by key; undefined when the command touches none of it. */
  metadataSizes(user: UserKey): ReadonlyMap<string, number> | undefined;
  token(hash: string): Token | undefined;
  tokenById(id: string): Token | undefined;
  record(dialect: string, kind: string, id: string): DialectRecord | undefined;
  /** The realm that has this id in a dialect. */
  holderOfRealmId(dialect: string, value: string): RealmKey | undefined;
}

/** What of the directory a command reads or writes. */
export interface Touches {
  readonly users?: readonly UserKey[];
  /** What the first of these has to be: any other user is not there for this command. */
  readonly only?: UserBounds;
  readonly realms?: readonly RealmKey[];
  /** Comparison keys. */
  readonly names?: readonly string[];
  readonly ids?: readonly DialectId[];
  readonly realmIds?: readonly DialectId[];
  readonly tokens?: readonly string[];
  readonly secretsOf?: readonly UserKey[];
  readonly metadata?: readonly MetadataId[];
  readonly tokenIds?: readonly string[];
  readonly records?: readonly RecordId[];
  /** The command creates a user, so it needs fresh ids. */
  readonly createsUser?: boolean;
}

/** What a command is decided in. Everything in it is an argument: `decide` is pure. */
export interface Context {
  readonly actor: Actor;
  readonly via: Via;
  readonly now: Instant;
  readonly table: FieldTable;
  readonly dryRun: boolean;
  /** The identity of the user that this command may create. */
  readonly newUser?: NewIdentity;
}

/** The core's key and every dialect's id of a user that is about to be. */
export interface NewIdentity {
  readonly key: UserKey;
  readonly ids: Readonly<Record<string, string>>;
}

/** What `prepare` may use besides: slow, secret or random things. */
export interface PrepareContext extends Context {
  readonly hasher: Hasher;
  readonly sealer: Sealer;
  readonly random: Random;
  readonly clock: Clock;
  /** What the attempt before has found out, when something has moved since. */
  readonly previous?: unknown;
  /** Reads more than the snapshot holds. */
  read(touches: Touches): Promise<State>;
}

/** What a command has decided. The writer compares before and after, authorizes each difference and records it. */
export interface Decision<Result> {
  /** The user's fields afterwards, for a new user with its identity. */
  readonly user?: {
    readonly key: UserKey;
    readonly fields: Fields;
    readonly created?: NewUser;
    /** What of its metadata is to be different. */
    readonly metadata?: MetadataPatch | undefined;
  };
  readonly realm?: {
    readonly key: RealmKey;
    readonly fields: RealmFields;
    readonly ids: Readonly<Record<string, string>>;
  };
  /** What goes with it. */
  readonly writes?: Writes;
  /**
   * Fields whose change the command itself justifies, because a code or a policy did: not checked against the actor.
   */
  readonly vouchesFor?: readonly FieldPath[];
  readonly result: Result;
  /** The command is refused, but its writes stay. */
  readonly refusal?: DirectoryError;
}

export interface NewUser {
  readonly realm: RealmKey;
  readonly kind: User['kind'];
  readonly ids: Readonly<Record<string, string>>;
}

export type Writes = Omit<
  Unit,
  'user' | 'realm' | 'change' | 'addNames' | 'removeNames' | 'putMetadata' | 'dropMetadata' | 'idempotency'
>;

/**
 * One thing that can be done to the directory. `prepare` authorizes on a snapshot and then spends time (hashing, making
 * a code); `decide` is synchronous and pure, may run more than once, authorizes again, and throws a DirectoryError when
 * nothing is to stay.
 */
export interface Command<Input, Facts, Result> {
  readonly name: string;
  /** What the history calls it, when that is the name of another command of which it is a way. */
  readonly recordedAs?: string;
  /** Commands of the same turn are run one after the other: for one that rests on what it has read before. */
  turn?(input: Input): string;
  /** Asked once more when the identity of a new user is known. */
  touches(input: Input, context: Pick<Context, 'actor' | 'newUser'>): Touches;
  /** What `prepare` is given of the state, when that is less than what is touched: one user. */
  glancesAt?(input: Input): UserKey | undefined;
  prepare?(input: Input, snapshot: State, context: PrepareContext): Promise<Facts>;
  /** What of the input `decide` reads: all of it, unless given. Without functions, so that it can cross threads. */
  forDecision?(input: Input): unknown;
  /** Whether this input needs `prepare` at all; without it, every input does. Spares the plain ones a read. */
  needsPreparing?(input: Input): boolean;
  /** `facts` are what `prepare` answered, undefined when it was not needed. */
  decide(state: State, input: Input, facts: Facts | undefined, context: Context): Decision<Result>;
}

/** A command as it is decided, whatever it takes and answers. */
export type AnyCommand = Omit<Command<never, never, unknown>, 'prepare'>;

/** Thrown by `decide` when what `prepare` rested on, a secret or a whole user, has moved: it is prepared again. */
export class StaleFacts extends Error {
  override readonly name = 'StaleFacts';
}
