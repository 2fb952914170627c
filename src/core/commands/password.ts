import { type Context, type PrepareContext, StaleFacts, type State } from '#core/command.ts';
import { DirectoryError, type ErrorReason, errorFrom, type PlainError, plainOf } from '#core/errors.ts';
import { mayAdminister, notPermitted } from '#core/policies/authorize.ts';
import { codePurpose, codeRules } from '#core/policies/code-rules.ts';
import { afterWrongPassword, delayAfter, lockAfter, type WrongPasswordDelay } from '#core/policies/lockout.ts';
import { checkPassword } from '#core/policies/password-rules.ts';
import type { Realm } from '#core/realm.ts';
import type { CodeName } from '#core/secret.ts';
import type { User, UserKey } from '#core/user.ts';
import { type Part, setAfter } from './part.ts';
import type { PasswordInput } from './user-input.ts';

/** What `prepare` found out about a password, at the cost of time. */
export interface PasswordFacts {
  /** The hash to be stored; absent when the current password was wrong, or in a dry run. */
  readonly hash?: string;
  /** Why the new password cannot be taken: told only once the proof has held, so that nothing is learnt without one. */
  readonly fault?: PlainError;
  /** The current password was checked against this revision of the secret. */
  readonly current?: { readonly revision: number; readonly right: boolean };
  /** The keyed digests of the code that was given. */
  readonly codeMacs?: readonly string[];
}

/** Refuses before any time is spent: without proof only an administrator (or, on some wires, the user) may set it. */
export function authorizePassword(input: PasswordInput, user: User | undefined, context: Context): void {
  if (user === undefined || context.actor.kind === 'system') return;
  if (user.fields.lifecycle === 'initial') {
    throw new DirectoryError('failed_precondition', 'The user is not active yet, so it can have no password.', {
      reason: 'user_initial',
    });
  }
  if (input.proof !== undefined || mayAdminister(context.actor, user, context.via.dialect)) return;
  if (!(input.byUserItself && context.actor.user === user.key)) throw notPermitted('password');
}

/**
 * Checks the current password, then the rules, then hashes. Takes as long for a wrong password as for a right one, and
 * leaves every refusal to `decide`, where a wrong one is counted first.
 */
export async function preparePassword(
  input: PasswordInput,
  user: User | undefined,
  realm: Realm | undefined,
  state: State,
  context: PrepareContext,
): Promise<PasswordFacts> {
  authorizePassword(input, user, context);
  if (context.dryRun) {
    checkNewPassword(input, realm, context);
    return {};
  }
  const proof = user === undefined ? {} : await checkProof(input, user, state, context);
  const fault = faultOf(input, realm, context);
  if (fault) return { ...proof, fault };
  const hash = 'hash' in input.set ? input.set.hash : await context.hasher.hash(input.set.plain);
  return { ...proof, hash };
}

function faultOf(input: PasswordInput, realm: Realm | undefined, context: PrepareContext): PlainError | undefined {
  const { proof, set } = input;
  try {
    if (proof && 'current' in proof && 'plain' in set && set.plain === proof.current) {
      throw new DirectoryError('failed_precondition', 'The new password must differ from the current one.', {
        reason: 'password_unchanged',
        field: 'password',
      });
    }
    checkNewPassword(input, realm, context);
    return undefined;
  } catch (error) {
    if (error instanceof DirectoryError) return plainOf(error);
    throw error;
  }
}

async function checkProof(
  { proof }: PasswordInput,
  user: User,
  state: State,
  context: PrepareContext,
): Promise<PasswordFacts> {
  if (proof === undefined) return {};
  if ('code' in proof) return { codeMacs: context.sealer.macs(proof.code, codePurpose(user.key, 'code.password')) };
  refuseLocked(user);
  const secret = state.secret(user.key, 'password');
  if (secret === undefined) {
    throw new DirectoryError('failed_precondition', 'The user has no password.', { reason: 'password_not_set' });
  }
  const right = await context.hasher.verify(secret.doc.hash, proof.current);
  return { current: { revision: secret.revision, right } };
}

function checkNewPassword({ set, rules }: PasswordInput, realm: Realm | undefined, context: PrepareContext): void {
  if ('hash' in set) context.hasher.accept(set.hash);
  else checkPassword(set.plain, rules, realm?.fields.passwordRules);
}

/** Sets the password, or refuses and counts: a wrong current password or code leaves its trace. */
export function decidePassword(
  input: PasswordInput,
  facts: PasswordFacts | undefined,
  key: UserKey,
  user: User | undefined,
  state: State,
  context: Context,
): Part {
  authorizePassword(input, user, context);
  const setAt = setAfter(user?.fields['password.setAt'], context.now);
  const patch = { 'password.setAt': setAt, 'password.changeRequired': input.changeRequired ? true : null };
  if (context.dryRun) return { patch };
  if (facts === undefined) throw new StaleFacts();
  const refused = user && refuseProof(input, facts, user, state, context);
  if (refused) return refused;
  if (facts.fault) throw errorFrom(facts.fault);
  if (facts.hash === undefined) throw new StaleFacts();
  const revision = (state.secret(key, 'password')?.revision ?? 0) + 1;
  return {
    patch,
    writes: {
      putSecrets: [{ user: key, name: 'password', revision, doc: { hash: facts.hash } }],
      dropSecrets: [{ user: key, name: 'code.password' }],
      dropTokensOf: { user: key, which: 'signed-in' },
      ...(user && user.activity.failedAttempts > 0
        ? { activity: { user: key, activity: { ...user.activity, failedAttempts: 0 } } }
        : {}),
    },
  };
}

function refuseProof(
  { proof, lockAfterAttempts, delay }: PasswordInput,
  facts: PasswordFacts,
  user: User,
  state: State,
  context: Context,
): Part | undefined {
  if (proof === undefined) return undefined;
  if ('code' in proof) return refuseCode('code.password', facts.codeMacs, user, state, context);
  // It was not locked when the password was checked.
  refuseLocked(user, 'user_locked_meanwhile');
  if (facts.current?.revision !== state.secret(user.key, 'password')?.revision) throw new StaleFacts();
  return facts.current?.right ? undefined : countWrongPassword(user, lockAfterAttempts, state, context, delay);
}

/** A right password forgets the wrong ones before it. */
export function forgetWrongPasswords({ key, activity }: User): Part {
  if (activity.failedAttempts === 0) return {};
  return { writes: { activity: { user: key, activity: { ...activity, failedAttempts: 0 } } } };
}

/** The refusal of a wrong password: counted, and one too many locks the user. */
export function countWrongPassword(
  user: User,
  wireThreshold: number,
  state: State,
  context: Context,
  delay?: WrongPasswordDelay,
): Part {
  const threshold = lockAfter(state.realm(user.realm), wireThreshold);
  const { failedAttempts, locks } = afterWrongPassword(user, threshold);
  const counted = { ...user.activity, failedAttempts: locks ? 0 : failedAttempts };
  return {
    ...(locks ? { patch: { lockedAt: context.now }, vouchesFor: ['lockedAt'] as const } : {}),
    writes: { activity: { user: user.key, activity: counted } },
    refusal: new DirectoryError('invalid_argument', 'The password is wrong.', {
      reason: 'password_wrong',
      field: 'password',
      facts: { failedAttempts, ...(delay ? { tellAfterMs: delayAfter(failedAttempts, delay) } : {}) },
    }),
  };
}

/** Refuses a code that was not asked for, has expired, or is wrong; guesses are counted, too many end the code. */
export function refuseCode(
  name: CodeName,
  macs: readonly string[] | undefined,
  user: User,
  state: State,
  context: Context,
): Part | undefined {
  const secret = state.secret(user.key, name);
  if (secret === undefined) throw codeNotRequested();
  if (secret.doc.expiresAt <= context.now) {
    throw new DirectoryError('failed_precondition', 'The code has expired: ask for a new one.', {
      reason: 'code_expired',
    });
  }
  if (name === 'code.password' && !isPresentAddress(secret.doc.target, user)) throw codeNotRequested();
  if (macs?.includes(secret.doc.mac)) return undefined;
  const failedAttempts = secret.doc.failedAttempts + 1;
  const refusal = new DirectoryError('invalid_argument', 'The code is wrong.', { reason: 'code_wrong', field: 'code' });
  if (failedAttempts >= codeRules[name].maxAttempts) {
    return { refusal, writes: { dropSecrets: [{ user: user.key, name }] } };
  }
  return { refusal, writes: { putSecrets: [{ ...secret, doc: { ...secret.doc, failedAttempts } }] } };
}

function refuseLocked(user: User, reason: ErrorReason = 'user_locked'): void {
  if (user.fields.lockedAt === undefined) return;
  throw new DirectoryError('failed_precondition', 'The user is locked.', { reason });
}

/**
 * A code holds for where it was sent: whoever has lost the address must not set the password by it. Empty: handed over.
 */
function isPresentAddress(target: string, { fields }: User): boolean {
  return ['', fields['email.address'], fields['phone.number'], fields['phone.entered']].includes(target);
}

export function codeNotRequested(): DirectoryError {
  return new DirectoryError('failed_precondition', 'No code has been asked for.', { reason: 'code_not_requested' });
}
