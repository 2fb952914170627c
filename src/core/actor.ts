import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import type { Permission } from './permissions.ts';
import type { RealmKey } from './realm.ts';
import type { UserKey } from './user.ts';

/** Who is calling: a user, a client of an API, or the server itself. */
export interface Actor {
  readonly kind: 'user' | 'client' | 'system';
  /** The directory's id of the user or client; `system` for the server. */
  readonly id: string;
  readonly username: string;
  readonly user?: UserKey;
  /** The ids by which the dialects know that user. */
  readonly ids?: Readonly<Record<string, string>>;
  readonly realm: RealmKey;
  readonly owner: boolean;
  readonly administers: readonly string[];
  readonly token?: ActorToken;
}

/** The token that an actor came with. It can take rights away, never add any. */
export interface ActorToken {
  readonly hash: string;
  /** What the issuing dialect wrote into the token, for that dialect alone to read. */
  readonly rights: Json;
  /** It came of a sign-in, so a new password ends it; tokens made with it inherit that. */
  readonly signedIn: boolean;
  /** Absent: until it is revoked. */
  readonly expiresAt?: Instant;
  /** What it is limited to; absent: whatever its user may. */
  readonly permissions?: readonly Permission[];
  /** The client of the dialect that got it. */
  readonly client?: { readonly dialect: string; readonly id: string };
}

/** The server itself: first start, migrations, clean-up. */
export const systemActor: Actor = {
  kind: 'system',
  id: 'system',
  username: 'muster',
  realm: 0,
  owner: true,
  administers: [],
};

/** The way by which a command came in; it is recorded with the change. */
export interface Via {
  readonly dialect: string;
  /** The id of the request. */
  readonly request?: string;
  /** The address of the caller. */
  readonly address?: string;
}
