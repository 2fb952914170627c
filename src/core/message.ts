import type { Instant } from './instant.ts';
import type { RealmKey } from './realm.ts';
import type { UserKey } from './user.ts';

/** Something to be delivered to a user, written in the commit that caused it. */
export interface Message {
  readonly id: string;
  readonly realm: RealmKey;
  readonly user: UserKey;
  readonly channel: 'email' | 'text';
  /** The mail address or number. */
  readonly to: string;
  readonly createdAt: Instant;
  readonly state: 'waiting' | 'delivered' | 'failed';
  /** The text with its code, sealed until it leaves. */
  readonly sealed: string;
}
