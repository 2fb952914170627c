import type { Password, SetPassword } from '@zitadel/proto/zitadel/user/v2/password_pb.js';
import { acceptForeignHash } from '#auth/hashes/accept.ts';
import type { PasswordInput } from '#core/commands/user-input.ts';
import { DirectoryError } from '#core/errors.ts';
import type { PasswordRules } from '#core/realm.ts';
import { type Fault, refusedBy } from './faults.ts';

/** The vendor's default policy. It counts bytes; a body may hold 200 characters, of at most four bytes each. */
const rules: PasswordRules = {
  minLength: 8,
  maxLength: 800,
  countsBytes: true,
  needsLower: true,
  needsUpper: true,
  needsDigit: true,
  needsSymbol: true,
};

/** The vendor's default: wrong passwords lock nobody. */
const lockAfterAttempts = 0;

/** One second with every five wrong ones, up to ten. */
const delay = { everyAttempts: 5, stepMs: 1_000, atMostMs: 10_000 };

type NewPassword = SetPassword['passwordType'];

/** A new password as it is created with a user: no proof is asked for. `path` is where it stands in the body. */
export function decodeNewPassword(given: NewPassword, path: string, faults: Fault[]): PasswordInput | undefined {
  if (given.case === undefined) return undefined;
  // A hash is looked at before the user is, unlike a plain password.
  if (given.case === 'hashedPassword') checkHash(given.value.hash, `${path}hashedPassword.hash`, faults);
  const set = given.case === 'password' ? plain(given.value) : { hash: given.value.hash };
  return { set, changeRequired: given.value.changeRequired, rules, lockAfterAttempts, delay };
}

/** A new password beside what proves that the caller may set it. Without either of plain and hash it is refused. */
export function decodePassword(
  { passwordType, verification }: Pick<SetPassword, 'passwordType' | 'verification'>,
  faults: Fault[],
): PasswordInput | undefined {
  const password = decodeNewPassword(passwordType, 'password.', faults);
  if (password === undefined) faults.push(refusedBy('COMMAND-3klek4sbns', 'password'));
  return password && { ...password, ...decodeProof(verification) };
}

function checkHash(hash: string, path: string, faults: Fault[]): void {
  try {
    acceptForeignHash(hash);
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    faults.push({ path, error });
  }
}

function decodeProof(verification: SetPassword['verification']): Pick<PasswordInput, 'proof'> {
  if (verification.case === 'currentPassword') return { proof: { current: verification.value } };
  if (verification.case === 'verificationCode') return { proof: { code: verification.value } };
  return {};
}

function plain({ password }: Password): { plain: string } {
  return { plain: password };
}
