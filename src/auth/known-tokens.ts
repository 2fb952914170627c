import { LRUCache } from 'lru-cache';
import type { Actor } from '#core/actor.ts';
import type { Client } from '#core/client.ts';
import type { Commit } from '#core/directory.ts';
import type { DirectoryError } from '#core/errors.ts';
import type { Token } from '#core/token.ts';

/** A token with what it stands for, as of the last commit that touched any of it. */
export interface Known {
  readonly token: Token;
  readonly actor: Actor;
  /** The client that got it. */
  readonly client: Client | undefined;
  /** Why its user may do nothing, if so. */
  readonly inactive: DirectoryError | undefined;
}

const maxKnown = 10_000;

/** Remembers tokens until a commit touches them, their user or their client. */
export class KnownTokens {
  readonly #known = new LRUCache<string, Known>({
    max: maxKnown,
    dispose: (known, hash) => this.#dropFromHolders(known, hash),
  });
  /** `user <key>` or `client <dialect> <id>` -> the hashes of its tokens. */
  readonly #byHolder = new Map<string, Set<string>>();
  #commits = 0;

  /** Counts commits: what was read while one happened may be older than it, and is not to be remembered. */
  get commits(): number {
    return this.#commits;
  }

  get(hash: string): Known | undefined {
    return this.#known.get(hash);
  }

  remember(hash: string, known: Known): void {
    this.#known.set(hash, known);
    for (const holder of holdersOf(known)) {
      const hashes = this.#byHolder.get(holder) ?? new Set();
      this.#byHolder.set(holder, hashes.add(hash));
    }
  }

  onCommit({ users, tokens, clients, everything }: Commit): void {
    this.#commits += 1;
    if (everything) this.#forgetAll();
    for (const hash of tokens) this.#known.delete(hash);
    for (const user of users) this.#forgetThoseOf(`user ${user}`);
    for (const client of clients) this.#forgetThoseOf(`client ${client}`);
  }

  #forgetAll(): void {
    this.#known.clear();
    this.#byHolder.clear();
  }

  #forgetThoseOf(holder: string): void {
    for (const hash of this.#byHolder.get(holder) ?? []) this.#known.delete(hash);
  }

  #dropFromHolders(known: Known, hash: string): void {
    for (const holder of holdersOf(known)) {
      const hashes = this.#byHolder.get(holder);
      hashes?.delete(hash);
      if (hashes?.size === 0) this.#byHolder.delete(holder);
    }
  }
}

function holdersOf({ token: { user, client, dialect } }: Known): string[] {
  return [
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(client === undefined ? [] : [`client ${dialect} ${client}`]),
  ];
}
