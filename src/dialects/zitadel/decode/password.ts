import type { Password, SetPassword } from '@zitadel/proto/zitadel/user/v2/password_pb.js';
import type { PasswordInput } from '#core/commands/user-input.ts';
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

type NewPassword = SetPassword['passwordType'];

/** A new password as it is created with a user: no proof is asked for. */
export function decodeNewPassword(given: NewPassword): PasswordInput | undefined {
  if (given.case === undefined) return undefined;
  const set = given.case === 'password' ? plain(given.value) : { hash: given.value.hash };
  return { set, changeRequired: given.value.changeRequired, rules, lockAfterAttempts };
}

/** A new password beside what proves that the caller may set it. Without either of plain and hash it is refused. */
export function decodePassword(
  { passwordType, verification }: SetPassword,
  faults: Fault[],
): PasswordInput | undefined {
  const password = decodeNewPassword(passwordType);
  if (password === undefined) faults.push(refusedBy('COMMAND-3klek4sbns', 'password'));
  return password && { ...password, ...decodeProof(verification) };
}

function decodeProof(verification: SetPassword['verification']): Pick<PasswordInput, 'proof'> {
  if (verification.case === 'currentPassword') return { proof: { current: verification.value } };
  if (verification.case === 'verificationCode') return { proof: { code: verification.value } };
  return {};
}

function plain({ password }: Password): { plain: string } {
  return { plain: password };
}
