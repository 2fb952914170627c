import type { Actor, Via } from '#core/actor.ts';
import type { Client } from '#core/client.ts';
import type { MachineProof } from '#core/commands/issue-tokens.ts';
import type { Json } from '#core/json.ts';
import type { RealmKey } from '#core/realm.ts';
import type { User } from '#core/user.ts';

/** Who is calling: checks tokens, passwords and clients, and issues tokens. Every method rejects with a DirectoryError. */
export interface Guard {
  /**
   * The caller behind a token of this dialect, or one that opens every dialect. Rejects with `unauthenticated`:
   * `token_missing`, `token_invalid`, `token_expired`, and `user_locked` or `user_disabled` for what has happened to
   * its user since. Cached until a commit touches the token, its user or its client, so it may be asked at every message.
   * Rejects with `unavailable` / `store_unavailable` when other processes may have ended it, and nobody can tell.
   */
  authenticate(token: string | undefined, dialect: string): Promise<Actor>;
  /**
   * Checks a password. Rejects with `unauthenticated`: `password_wrong` (also when nobody has that name, or no password
   * is set), `user_locked`, `user_disabled`; each takes as long, but where the hash came from elsewhere: that takes
   * what its parameters say, until the first right password makes it one of our own. A wrong password is counted, and
   * locks the user when it was one too many. Rejects with `resource_exhausted` / `too_many_attempts` before it looks,
   * when there have been too many wrong ones for this name or from this address; and, nothing being counted, with
   * `deadline_exceeded` / `password_check_timed_out` when it could not be told in time.
   */
  signIn(attempt: SignIn, via: Via): Promise<User>;
  /**
   * Checks that this is the caller's own password, for acts that ask for it once more. Resolves also when the caller
   * has none. A wrong one is `password_wrong`, and counted as at sign-in; a right one is no login.
   */
  confirm(actor: Actor, attempt: Omit<SignIn, 'name' | 'realm'>, via: Via): Promise<void>;
  /** The client with this id and secret. Rejects with `unauthenticated` / `client_invalid`; attempts are bounded too. */
  signInClient(attempt: ClientSignIn, via: Via): Promise<Client>;
  /**
   * The machine with this username and client secret. Rejects with `unauthenticated` / `client_invalid`, also for one
   * that is locked or disabled; attempts are bounded too.
   */
  signInMachine(attempt: ClientSignIn, via: Via): Promise<ProvenMachine>;
  /**
   * The machine with this key, if `verify` finds that it has signed what it had to. Rejects likewise, with
   * `client_invalid` also for a key that is not there or has expired.
   */
  signInByKey(attempt: KeySignIn, via: Via): Promise<ProvenMachine>;
  /**
   * Issues tokens for a user as it was when it proved itself, for a client, or for both; their rows are durable when
   * this resolves. `by` is who asks for them, if it is another. Rejects with `unauthenticated` when the user (or `by`)
   * is no longer active, or has a new password where they come of a sign-in, when the client is gone, or when what they
   * replace has ended; and with `already_exists` / `id_taken` when one of them has been issued before.
   */
  issue(holder: TokenHolder, tokens: readonly NewToken[], via: Via, by?: Actor): Promise<void>;
  /** What a refresh token of this dialect stands for. Rejects as `authenticate` does. */
  refresh(token: string, dialect: string): Promise<Refreshed>;
}

export interface SignIn {
  readonly name: string;
  readonly password: string;
  /** The wire's own number of wrong passwords after which a user is locked, 0 for never; a realm's policy wins. */
  readonly lockAfterAttempts: number;
  /** Only users of this realm are known, such as that of the client by which they come; absent: all. */
  readonly realm?: RealmKey;
}

export interface ClientSignIn {
  readonly dialect: string;
  readonly id: string;
  readonly secret: string;
}

export interface KeySignIn {
  readonly dialect: string;
  /** The dialect's ids of the machine and of its key. */
  readonly user: string;
  readonly key: string;
  /** What it rejects with is passed on. `publicKey` is a SubjectPublicKeyInfo in PEM. */
  verify(publicKey: string): Promise<boolean>;
}

export interface ProvenMachine {
  readonly user: User;
  readonly proof: MachineProof;
}

/** Whom tokens stand for, which client gets them (one of the two at least), and which token they take the place of. */
export interface TokenHolder {
  readonly user?: User;
  /** What a machine has proved itself by; its tokens end with it. */
  readonly proof?: MachineProof;
  readonly client?: Pick<Client, 'dialect' | 'id'>;
  readonly replaces?: string;
  /** The token that they come of and that stays, such as a refresh token: it must still be valid. */
  readonly from?: string;
}

export interface Refreshed {
  readonly user?: User;
  readonly client?: Client;
  readonly rights: Json;
  readonly signedIn: boolean;
}

export interface NewToken {
  /** The token itself; only its hash is kept. */
  readonly token: string;
  readonly use: 'access' | 'refresh';
  readonly dialect: string;
  readonly rights: Json;
  /** It came of a sign-in (or of a token that did), so a new password ends it. */
  readonly signedIn: boolean;
  readonly expiresAt?: string;
}
