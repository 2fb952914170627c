import { reviseUserBy } from '#core/commands/revise-user.ts';
import type { UserInput } from '#core/commands/user-input.ts';
import { DirectoryError } from '#core/errors.ts';
import { type BoundValue, bind, InvalidMember } from './bind.ts';
import { shownUser } from './encode.ts';
import { xmlSafe } from './formats/xml-text.ts';
import { type Member, mask, members, type SentUser, type ShownUser } from './model.ts';
import { invalidModel, keyOf } from './model-state.ts';
import { type Current, flagReaders, notValid, readPin, readPreferences, textReaders } from './read-member.ts';

/**
 * Turns a body into a command's input. A member whose value is the one shown, or empty as that is, is neither judged
 * nor written. Throws `Refused` (400) with all that is wrong with the others, else what the user's state forbids.
 */
export function decodeUpdate(sent: SentUser, shown: ShownUser, current: Current): UserInput {
  const state: Record<string, string[]> = {};
  let forbidden: DirectoryError | undefined;
  let input: UserInput = {};
  for (const member of members) {
    try {
      const value = changedValue(member, sent, shown);
      if (value !== undefined) input = merge(input, readMember(member, value, current));
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) forbidden ??= error as DirectoryError;
      else state[keyOf(member.name)] = [fault];
    }
  }
  if (Object.keys(state).length > 0) throw invalidModel(state);
  if (forbidden) throw forbidden;
  return input;
}

/** An update, read beside the user as it is shown. */
export const revisePortalUser = reviseUserBy('revise-portal-user', (sent: SentUser, user, realm) =>
  decodeUpdate(sent, shownUser(user, realm), { user, realm }),
);

/** What the caller gave as its own password; null and nothing are none. */
export function callerPasswordOf(sent: SentUser): string | undefined {
  const given = sent.get('UserPassword') ?? '';
  return given === '' ? undefined : String(given);
}

/** The value of a member that is to be written; undefined when it keeps what is shown. */
function changedValue(member: Member, sent: SentUser, shown: ShownUser): BoundValue | undefined {
  const { name } = member;
  const given = sent.get(name);
  const value = given === undefined ? undefined : bind(member, given);
  if (isShown(value, shown[name])) return undefined;
  if (member.required && (isEmpty(value) || String(value).trim() === '')) {
    throw new InvalidMember(`The ${name} field is required.`);
  }
  return member.ignored ? undefined : value;
}

function isShown(value: BoundValue | undefined, shown: BoundValue): boolean {
  if (isEmpty(value)) return isEmpty(shown);
  return value === shown || (typeof shown === 'string' && value === xmlSafe(shown));
}

function isEmpty(value: BoundValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}

function readMember({ name }: Member, value: BoundValue, current: Current): UserInput {
  switch (name) {
    case 'AdminUser':
    case 'Enabled':
    case 'SSOEnabled':
      if (typeof value !== 'boolean') throw notValid(name, '');
      return flagReaders[name](value, current);
    case 'Preferences':
      if (typeof value !== 'number' && typeof value !== 'string') throw notValid(name, '');
      return readPreferences(value);
    case 'Pin':
      return value === mask ? {} : readPin(value === null ? null : String(value));
    case 'DisplayName':
    case 'EmailAddress':
    case 'LanguageID':
    case 'MobilePhone':
    case 'Password':
    case 'TimeZone':
    case 'Username':
      return textReaders[name](String(value), current);
    default:
      return {};
  }
}

function merge(input: UserInput, more: UserInput): UserInput {
  return { ...input, ...more, ...(more.patch ? { patch: { ...input.patch, ...more.patch } } : {}) };
}

/** The text for a member's fault; undefined for what is no fault of the body. Throws what is no error of a caller. */
function faultOf(error: unknown): string | undefined {
  if (error instanceof InvalidMember) return error.message;
  if (!(error instanceof DirectoryError)) throw error;
  return error.code === 'invalid_argument' ? error.message : undefined;
}
