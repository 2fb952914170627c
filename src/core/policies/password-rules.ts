import { DirectoryError, type ErrorReason, invalidField } from '#core/errors.ts';
import type { PasswordRules } from '#core/realm.ts';

/** The rule of a wire whose vendor has none of its own: 8 to 200 characters, no composition. */
export const plainPasswordRules: PasswordRules = { minLength: 8, maxLength: 200 };

/** Throws for the first rule that a new password breaks: the wire's own, then the realm's. */
export function checkPassword(password: string, ...rules: (PasswordRules | undefined)[]): void {
  // In UTF-8, of which hashes are made, all of them are the same: a wrong password would be taken for the right one.
  if (!password.isWellFormed()) throw invalidField('password', 'The password must not contain lone surrogates.');
  for (const rule of rules) if (rule) checkRules(password, rule);
}

function checkRules(password: string, rules: PasswordRules): void {
  const length = rules.countsBytes ? new TextEncoder().encode(password).length : [...password].length;
  if (length < rules.minLength) {
    throw broken('password_too_short', `must have at least ${rules.minLength} characters`);
  }
  if (length > rules.maxLength) throw broken('password_too_long', `must have at most ${rules.maxLength} characters`);
  if (rules.needsLower && !/\p{Ll}/u.test(password)) throw broken('password_needs_lower', 'needs a lower-case letter');
  if (rules.needsUpper && !/\p{Lu}/u.test(password)) throw broken('password_needs_upper', 'needs an upper-case letter');
  if (rules.needsDigit && !/\p{Nd}/u.test(password)) throw broken('password_needs_digit', 'needs a digit');
  if (rules.needsSymbol && !/[^\p{L}\p{N}]/u.test(password)) throw broken('password_needs_symbol', 'needs a symbol');
}

function broken(reason: ErrorReason, what: string): DirectoryError {
  return new DirectoryError('invalid_argument', `The password ${what}.`, { reason, field: 'password' });
}
