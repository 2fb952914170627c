import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';

/** Wrong passwords after which a user is locked, 0 for never: the realm's policy if it has one, else the wire's. */
export function lockAfter(realm: Realm | undefined, wireDefault: number): number {
  return realm?.fields.lockAfterAttempts ?? wireDefault;
}

/** How long a wrong password is kept from who gave it: longer with every so many of them. */
export interface WrongPasswordDelay {
  readonly everyAttempts: number;
  readonly stepMs: number;
  readonly atMostMs: number;
}

/** How long, in milliseconds, after so many wrong passwords. */
export function delayAfter(failedAttempts: number, { everyAttempts, stepMs, atMostMs }: WrongPasswordDelay): number {
  return Math.min(Math.floor(failedAttempts / everyAttempts) * stepMs, atMostMs);
}

/**
 * What another wrong password does. The owner of the directory is never locked by it, else anybody could lock the
 * directory's last key away.
 */
export function afterWrongPassword(user: User, threshold: number): { failedAttempts: number; locks: boolean } {
  const failedAttempts = user.activity.failedAttempts + 1;
  const locks = threshold > 0 && failedAttempts >= threshold && user.fields.owner !== true;
  return { failedAttempts, locks };
}
