import { type Context, type PrepareContext, StaleFacts, type State } from '#core/command.ts';
import type { DirectoryError } from '#core/errors.ts';
import type { User } from '#core/user.ts';
import type { Part } from './part.ts';
import { countWrongPassword } from './password.ts';

/** The caller's own password, for acts that ask for it once more. */
export interface CallerPassword {
  readonly plain: string;
  /** The wire's own number of wrong passwords after which the caller is locked; 0 for never. */
  readonly lockAfterAttempts: number;
}

export interface CallerPasswordFacts {
  readonly revision: number;
  readonly right: boolean;
}

/** Checks it; undefined for a caller who has none, and in a dry run, which checks no secret. */
export async function prepareCallerPassword(
  { plain }: CallerPassword,
  state: State,
  { actor, dryRun, hasher }: PrepareContext,
): Promise<CallerPasswordFacts | undefined> {
  const secret = actor.user === undefined || dryRun ? undefined : state.secret(actor.user, 'password');
  return secret && { revision: secret.revision, right: await hasher.verify(secret.doc.hash, plain) };
}

/** The refusal of a wrong one, counted as at sign-in; undefined when there is nothing to refuse. */
export function refuseCallerPassword(
  { lockAfterAttempts }: CallerPassword,
  facts: CallerPasswordFacts | undefined,
  state: State,
  context: Context,
): (Part & { readonly caller: User; readonly refusal: DirectoryError }) | undefined {
  const { actor, dryRun } = context;
  const caller = actor.user === undefined ? undefined : state.user(actor.user);
  if (caller === undefined || dryRun) return undefined;
  if (facts?.revision !== state.secret(caller.key, 'password')?.revision) throw new StaleFacts();
  if (facts === undefined || facts.right) return undefined;
  const { refusal, ...counted } = countWrongPassword(caller, lockAfterAttempts, state, context);
  return refusal && { caller, ...counted, refusal };
}
