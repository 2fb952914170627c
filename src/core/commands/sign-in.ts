import { type Command, type Context, type Decision, StaleFacts, type State, type Writes } from '#core/command.ts';
import { refuseInactive } from '#core/current-actor.ts';
import { DirectoryError } from '#core/errors.ts';
import { epochMsOf, type Instant } from '#core/instant.ts';
import { applyPatch } from '#core/patch.ts';
import type { Activity, User, UserKey } from '#core/user.ts';
import { countWrongPassword, forgetWrongPasswords } from './password.ts';
import { keepRenewed, type PasswordCheck, verifyPassword } from './verify-password.ts';

export interface SignInInput {
  readonly user: UserKey;
  readonly password: string;
  /** The wire's own number of wrong passwords after which a user is locked; 0 for never. */
  readonly lockAfterAttempts: number;
}

/** Logins closer together than this are one in `lastLoginAt`. */
const sameLoginMs = 1_000;

/**
 * Checks a password. A wrong one is counted though the sign-in is refused; a right one forgets the wrong ones, and with
 * it a hash from elsewhere becomes one of our own.
 */
export const signIn: Command<SignInInput, PasswordCheck, undefined> = {
  name: 'sign-in',

  touches: ({ user }) => ({ users: [user], secretsOf: [user] }),

  async prepare({ user: key, password }, snapshot, { hasher }) {
    const secret = snapshot.secret(key, 'password');
    if (secret) return await verifyPassword(secret, password, hasher);
    // Whether there is a password at all, and whether the user may sign in, takes as long to find out.
    await hasher.pretend(password);
    return { revision: 0, right: false };
  },

  decide(state, input, facts, context) {
    const user = signingIn(input.user, state);
    const { key, fields, activity } = user;
    refuseInactive(user);
    if (facts?.revision !== (state.secret(key, 'password')?.revision ?? 0)) throw new StaleFacts();
    if (facts.revision === 0) throw wrongPassword();
    if (!facts.right) return refusedAttempt(user, input, state, context);
    const writes = { ...keepRenewed(key, facts), ...loggedIn(key, activity, context.now) };
    return { user: { key, fields }, writes, result: undefined };
  },
};

/** Checks a signed-in user's own password once more. One who has none is not asked; a right one is no login. */
export const confirmPassword: Command<SignInInput, PasswordCheck | undefined, undefined> = {
  ...signIn,
  name: 'confirm-password',

  async prepare({ user: key, password }, snapshot, { hasher }) {
    const secret = snapshot.secret(key, 'password');
    return secret && (await verifyPassword(secret, password, hasher));
  },

  decide(state, input, facts, context) {
    const user = signingIn(input.user, state);
    if (facts?.revision !== state.secret(user.key, 'password')?.revision) throw new StaleFacts();
    if (facts === undefined) return { result: undefined };
    if (!facts.right) return refusedAttempt(user, input, state, context);
    return { writes: { ...keepRenewed(user.key, facts), ...forgetWrongPasswords(user).writes }, result: undefined };
  },
};

function signingIn(key: UserKey, state: State): User {
  const user = state.user(key);
  if (user?.fields.lifecycle !== 'active') throw wrongPassword();
  return user;
}

function refusedAttempt(user: User, input: SignInInput, state: State, context: Context): Decision<undefined> {
  const {
    patch = {},
    writes = {},
    vouchesFor = [],
  } = countWrongPassword(user, input.lockAfterAttempts, state, context);
  const fields = applyPatch(user.fields, patch);
  return { user: { key: user.key, fields }, writes, vouchesFor, refusal: wrongPassword(), result: undefined };
}

function loggedIn(key: UserKey, activity: Activity, now: string): Pick<Writes, 'activity'> {
  if (isSameLogin(activity, now) && activity.failedAttempts === 0) return {};
  return { activity: { user: key, activity: { lastLoginAt: now, failedAttempts: 0 } } };
}

/** Whether a login now is one with the last. */
export function isSameLogin({ lastLoginAt }: Activity, now: Instant): boolean {
  return lastLoginAt !== undefined && epochMsOf(now) - epochMsOf(lastLoginAt) <= sameLoginMs;
}

/** One answer for an unknown name, a user without a password, and a wrong password. */
export function wrongPassword(): DirectoryError {
  return new DirectoryError('unauthenticated', 'The name or the password is wrong.', { reason: 'password_wrong' });
}
