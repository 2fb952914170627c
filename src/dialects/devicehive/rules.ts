import type { PasswordRules } from '#core/realm.ts';
import { Refusal } from './errors.ts';

/** Source: FE/service/UserService.java, `^.{6,128}$`. */
export const passwordRules: PasswordRules = { minLength: 6, maxLength: 128 };

/** The vendor's pattern, whose dot stands for no line break. */
const passwordPattern = /^[^\n\r\u0085\u2028\u2029]{6,128}$/u;

export function checkPassword(password: string): void {
  if (passwordPattern.test(password)) return;
  throw new Refusal(400, 'Password can contain only from 6 to 128 symbols!');
}

/** The rules that the vendor keeps beside its login column. */
export function checkLogin(login: string): void {
  const fits = login.length >= 3 && login.length <= 128;
  const spelled = /^[\w@.-]+$/.test(login);
  if (fits && spelled) return;
  const length = 'Field cannot be empty. The length of login should be from 3 to 128 symbols.';
  const spelling = 'Login can contain only lowercase or uppercase letters, numbers, and some special symbols (_@.)';
  throw new Refusal(400, `${fits ? '' : length}${spelled ? '' : spelling}`);
}

export interface Bounded {
  readonly login?: string | null | undefined;
  readonly role?: number | null | undefined;
  readonly status?: number | null | undefined;
  readonly password?: string | null | undefined;
}

/** The outer bounds, whose violations the vendor tells of together. */
export function checkBounds({ login, role, status, password }: Bounded): void {
  const found = [
    ...(typeof login === 'string' && (login.length < 1 || login.length > 128)
      ? [
          violation(
            'login',
            login,
            'Field login cannot be empty. The length of login should not be more than 128 symbols.',
          ),
        ]
      : []),
    ...numberBounds('role', role, 1),
    ...numberBounds('status', status, 2),
    ...(typeof password === 'string' && password.length > 128
      ? [violation('password', '******', 'The length of password should not be more than 128 symbols.')]
      : []),
  ];
  if (found.length > 0) throw bounds(found);
}

export function loginMissing(): Refusal {
  return bounds([violation('login', 'null', 'login field cannot be null.')]);
}

export function tokenUserMissing(): Refusal {
  return bounds([violation('userId', 'null', 'must not be null')]);
}

function numberBounds(name: string, value: number | null | undefined, max: number): string[] {
  if (value === null || value === undefined) return [];
  if (value < 0) return [violation(name, value, `The value of ${name} should not be less than 0.`)];
  return value > max ? [violation(name, value, `The value of ${name} should not be more than ${max}.`)] : [];
}

function violation(property: string, value: string | number, text: string): string {
  return `On property ${property} (value: ${value}): ${text} ; `;
}

function bounds(violations: readonly string[]): Refusal {
  const opening = 'Error! Make sure, that the passed object is correct and properly structured. Validation failed: \n';
  return new Refusal(400, `${opening}${violations.join('')}`);
}
