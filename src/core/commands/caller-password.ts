import { type Context, type PrepareContext, StaleFacts, type State } from '#core/command.ts';
import type { User } from '#core/user.ts';
import type { Part } from './part.ts';
import { countWrongPassword, forgetWrongPasswords } from './password.ts';
import { keepRenewed, type PasswordCheck, verifyPassword } from './verify-password.ts';

/** The caller's own password, for acts that ask for it once more. */
export interface CallerPassword {
  readonly plain: string;
  /** The wire's own number of wrong passwords after which the caller is locked; 0 for never. */
  readonly lockAfterAttempts: number;
}

/** Checks it; undefined for a caller who has none, and in a dry run, which checks no secret. */
export async function prepareCallerPassword(
  { plain }: CallerPassword,
  state: State,
  { actor, dryRun, hasher }: PrepareContext,
): Promise<PasswordCheck | undefined> {
  const secret = actor.user === undefined || dryRun ? undefined : state.secret(actor.user, 'password');
  return secret && (await verifyPassword(secret, plain, hasher));
}

/** What comes of it: a wrong one is refused, and counted as at sign-in; a right one forgets the wrong ones. */
export function decideCallerPassword(
  { lockAfterAttempts }: CallerPassword,
  facts: PasswordCheck | undefined,
  caller: User,
  state: State,
  context: Context,
): Part {
  if (context.dryRun) return {};
  if (facts?.revision !== state.secret(caller.key, 'password')?.revision) throw new StaleFacts();
  if (facts === undefined) return {};
  if (!facts.right) return countWrongPassword(caller, lockAfterAttempts, state, context);
  return { writes: { ...keepRenewed(caller.key, facts), ...forgetWrongPasswords(caller).writes } };
}
