import type { Actor, Via } from './actor.ts';
import type { Change } from './change.ts';
import type { Client } from './client.ts';
import type { Command } from './command.ts';
import type { Filter, Page, PageRequest } from './filter.ts';
import type { MachineKey } from './machine-key.ts';
import type { Message } from './message.ts';
import type { MetadataPage, MetadataQuery } from './metadata-search.ts';
import type { ChangesPage, Positioned } from './ports.ts';
import type { Realm, RealmKey } from './realm.ts';
import type { Token } from './token.ts';
import type { User, UserKey } from './user.ts';

/** What dialects see of the directory. */
export interface Directory {
  /** The user that a dialect knows by this id, also when it has been deleted; undefined when the id was never given. */
  resolve(dialect: string, id: string): Promise<UserKey | undefined>;
  /** What users are called, deleted ones too: for showing whose something is that the caller may see. */
  identify(keys: Iterable<UserKey>): Promise<ReadonlyMap<UserKey, Identified>>;
  realm(key: RealmKey): Promise<Realm>;
  /** The realm that a dialect knows by this id; undefined when there is none. */
  resolveRealm(dialect: string, id: string): Promise<RealmKey | undefined>;
  /** A fresh key and an id in every dialect that has ids of realms, for a realm that is about to be. */
  newRealm(name: string): Promise<Pick<Realm, 'key' | 'ids'>>;
  as(actor: Actor, via: Via): ActingDirectory;
  /** Is told of every commit after it is durable. Answers the way to stop. */
  onCommit(listener: (commit: Commit) => void): () => void;
}

export interface Identified {
  readonly ids: User['ids'];
  readonly username: string;
  readonly realm: RealmKey;
}

/** The directory as one caller may use it. Every method rejects with a DirectoryError. */
export interface ActingDirectory {
  /** The only way to change anything. */
  run<Input, Facts, Result>(
    command: Command<Input, Facts, Result>,
    input: Input,
    options?: RunOptions,
  ): Promise<Outcome<Result>>;
  /** One user; `not_found` when it is deleted or of another realm, `permission_denied` when it may not be seen. */
  get(key: UserKey): Promise<User>;
  /** The same by a dialect's id. */
  getBy(dialect: string, id: string): Promise<User>;
  /** Users that the caller may see: of its own realm, unless it owns the directory. */
  find(filter: Filter, page: PageRequest): Promise<Page>;
  /** The same with how many there are on all pages; a second search only where the page does not tell. */
  list(filter: Filter, page: PageRequest): Promise<Page & { readonly total: number }>;
  /** How many users `find` would find. */
  count(filter: Filter): Promise<number>;
  /** A user's history, oldest first; also that of a deleted user. */
  changesOf(key: UserKey, page?: ChangesPage): Promise<readonly Positioned<Change>[]>;
  /** What is kept about a user that the caller may see. */
  metadata(key: UserKey, query: MetadataQuery): Promise<MetadataPage>;
  /** Messages of the caller's realm, newest first. */
  messages(limit: number): Promise<readonly ShownMessage[]>;
  /** Tokens, oldest first: of one user; or of the caller's realm if it administers that, and else the caller's own. */
  tokens(page: { readonly user?: UserKey; readonly limit: number }): Promise<readonly Token[]>;
  /** One of these; `not_found` / `token_not_found` also when it may not be seen. */
  token(id: string): Promise<Token>;
  /** Lasting tokens of one dialect, of the users and clients that the caller may see, oldest first; 10,000 of a realm. */
  lastingTokens(dialect: string): Promise<readonly Token[]>;
  /** Keys of one dialect, of the machines that the caller may see; 10,000 of a realm. */
  keys(dialect: string): Promise<readonly MachineKey[]>;
  /** Realms that the caller may see: its own, and all if it owns the directory; oldest first, behind one of them. */
  realms(page: { readonly after?: RealmKey; readonly limit: number }): Promise<readonly Realm[]>;
  /** Clients of the caller's realm, of the dialects that it administers. */
  clients(limit: number): Promise<readonly Client[]>;
}

/**
 * A message as it may be read: with its text where the caller owns the directory and nothing delivers it, and with its
 * next attempt where something does.
 */
export type ShownMessage = Omit<Message, 'sealed'> & { readonly text?: string };

export interface RunOptions {
  /** Fails with `aborted` / `version_mismatch` unless the user stands at this version. */
  readonly ifVersion?: number;
  /** A key of the caller's choice: a command that succeeded under it is answered again for 24 hours. */
  readonly idempotencyKey?: string;
  /** What must be the same under one key, such as the request's body as it came; the command's input unless given. */
  readonly idempotentOver?: string;
  /** Everything but the commit; never verifies a secret or a code, never returns one. */
  readonly dryRun?: boolean;
}

export interface Outcome<Result> {
  /** The user afterwards; undefined when the command is about no user. */
  readonly user: User | undefined;
  /** Whether anything was recorded. */
  readonly changed: boolean;
  readonly result: Result;
}

/** What a durable commit touched. */
export interface Commit {
  readonly users: ReadonlySet<UserKey>;
  readonly realms: ReadonlySet<RealmKey>;
  readonly tokens: ReadonlySet<string>;
  /** Clients that have been shut out, as `dialect id`. */
  readonly clients: ReadonlySet<string>;
  /** Messages to be delivered have been written. */
  readonly messages?: boolean;
  /** What others have committed may have touched anything. */
  readonly everything?: boolean;
}
