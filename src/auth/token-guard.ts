import { type Actor, systemActor, type Via } from '#core/actor.ts';
import { issueTokens } from '#core/commands/issue-tokens.ts';
import { confirmPassword, signIn, wrongPassword } from '#core/commands/sign-in.ts';
import { actorOf, inactivityOf, tokenInvalid } from '#core/current-actor.ts';
import type { Directory } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { nameKey } from '#core/names.ts';
import type { Clock, Hasher, Random, Store } from '#core/ports.ts';
import { hashToken, type Token } from '#core/token.ts';
import { signsInAs, type User, type UserKey } from '#core/user.ts';
import type { Guard, NewToken, SignIn } from './guard.ts';

export interface GuardPorts {
  readonly store: Store;
  readonly directory: Directory;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly random: Random;
}

interface Known {
  readonly token: Token;
  readonly actor: Actor;
  /** Why its user may do nothing, if so. */
  readonly inactive: DirectoryError | undefined;
}

const maxKnown = 10_000;

/** Checks tokens against the store, and remembers the answer until a commit touches the token or its user. */
export class TokenGuard implements Guard {
  readonly #ports: GuardPorts;
  readonly #known = new Map<string, Known>();
  readonly #tokensOf = new Map<UserKey, Set<string>>();
  /** Counts commits: what was read while one happened may be older than it. */
  #commits = 0;
  /** The hash of no password: checking it takes as long as checking a real one. */
  readonly #nobody: Promise<string>;

  constructor(ports: GuardPorts) {
    this.#ports = ports;
    this.#nobody = ports.hasher.hash(Buffer.from(ports.random.bytes(24)).toString('base64'));
    ports.directory.onCommit(({ users, tokens }) => {
      this.#commits += 1;
      for (const hash of tokens) this.#forget(hash);
      for (const user of users) for (const hash of this.#tokensOf.get(user) ?? []) this.#forget(hash);
    });
  }

  async authenticate(token: string | undefined, dialect: string): Promise<Actor> {
    return (await this.#check(token, dialect, 'access')).actor;
  }

  async refresh(token: string, dialect: string): Promise<{ user: User; rights: Json; signedIn: boolean }> {
    const { token: row } = await this.#check(token, dialect, 'refresh');
    // Token and user of one moment: a new password that has ended the token is not taken for the one that it came of.
    const { tokens, users } = await this.#ports.store.load({ tokens: [row.hash], users: [row.user] });
    const user = users.get(row.user);
    if (user === undefined || !tokens.has(row.hash)) throw tokenInvalid();
    return { user, rights: row.rights, signedIn: row.signedIn };
  }

  async signIn({ name, password, lockAfterAttempts }: SignIn, via: Via): Promise<User> {
    const { store, directory, hasher } = this.#ports;
    const key = nameKey(name);
    const user = (await store.load({ names: [key] })).names.get(key);
    const holder = user === undefined ? undefined : (await store.load({ users: [user] })).users.get(user);
    if (user === undefined || holder === undefined || !signsInAs(via.dialect, holder, name)) {
      await hasher.verify(await this.#nobody, password);
      throw wrongPassword();
    }
    const outcome = await directory.as(systemActor, via).run(signIn, { user, password, lockAfterAttempts });
    if (outcome.user === undefined) throw wrongPassword();
    return outcome.user;
  }

  async confirm({ user }: Actor, attempt: Omit<SignIn, 'name'>, via: Via): Promise<void> {
    if (user === undefined) return;
    await this.#ports.directory.as(systemActor, via).run(confirmPassword, { user, ...attempt });
  }

  async issue(user: User, tokens: readonly NewToken[], via: Via, by: Actor = systemActor): Promise<void> {
    const { directory, random } = this.#ports;
    const rows = tokens.map(({ token, ...rest }) => ({ ...rest, hash: hashToken(token), id: random.uuid() }));
    const input = { user: user.key, passwordSetAt: user.fields['password.setAt'], tokens: rows };
    await directory.as(by, via).run(issueTokens, input);
  }

  async #check(token: string | undefined, dialect: string, use: Token['use']): Promise<Known> {
    if (token === undefined || token === '') {
      throw new DirectoryError('unauthenticated', 'A token is needed.', { reason: 'token_missing' });
    }
    const known = await this.#find(hashToken(token));
    const opens = known?.token.dialect === dialect || known?.token.dialect === 'directory';
    if (known === undefined || !opens || known.token.use !== use) throw tokenInvalid();
    if (known.token.expiresAt !== undefined && known.token.expiresAt <= this.#ports.clock.now()) {
      throw new DirectoryError('unauthenticated', 'The token has expired.', { reason: 'token_expired' });
    }
    if (known.inactive) throw known.inactive;
    return known;
  }

  async #find(hash: string): Promise<Known | undefined> {
    const remembered = this.#known.get(hash);
    if (remembered) return remembered;
    const { store } = this.#ports;
    const commits = this.#commits;
    const token = (await store.load({ tokens: [hash] })).tokens.get(hash);
    const user = token && (await store.load({ users: [token.user] })).users.get(token.user);
    if (token === undefined || user === undefined) return undefined;
    const { rights, signedIn } = token;
    const known = { token, actor: actorOf(user, { hash, rights, signedIn }), inactive: inactivityOf(user) };
    if (commits === this.#commits) this.#remember(hash, known);
    return known;
  }

  #remember(hash: string, known: Known): void {
    if (this.#known.size >= maxKnown) this.#forget(this.#known.keys().next().value ?? '');
    this.#known.set(hash, known);
    const hashes = this.#tokensOf.get(known.token.user) ?? new Set();
    this.#tokensOf.set(known.token.user, hashes.add(hash));
  }

  #forget(hash: string): void {
    const user = this.#known.get(hash)?.token.user;
    if (user === undefined) return;
    this.#known.delete(hash);
    const hashes = this.#tokensOf.get(user);
    hashes?.delete(hash);
    if (hashes?.size === 0) this.#tokensOf.delete(user);
  }
}
