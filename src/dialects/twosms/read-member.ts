import type { UserInput } from '#core/commands/user-input.ts';
import { normaliseEmail } from '#core/email.ts';
import { DirectoryError } from '#core/errors.ts';
import { normaliseName, normaliseText } from '#core/names.ts';
import { parsePhone } from '#core/phone.ts';
import { plainPasswordRules } from '#core/policies/password-rules.ts';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import { InvalidMember } from './bind.ts';
import { administersMore } from './encode.ts';
import { languageOf } from './languages.ts';
import type { WritableName } from './model.ts';
import { meetsPhonePattern, phonePattern } from './phone.ts';
import { parseTimeZone } from './time-zone.ts';

/** Whom a body is about. */
export interface Current {
  readonly user: User;
  readonly realm: Realm;
}

/** What can be typed on a telephone or a keyboard; the vendor names no bounds. */
const pinPattern = '^[ -~]{4,20}$';

type TextName = 'DisplayName' | 'EmailAddress' | 'LanguageID' | 'MobilePhone' | 'Password' | 'TimeZone' | 'Username';
type FlagName = 'AdminUser' | 'Enabled' | 'SSOEnabled';

/** What each text means as a command's input. Throws `InvalidMember`, or an `invalid_argument` naming the member. */
export const textReaders: Readonly<Record<TextName, (text: string, current: Current) => UserInput>> = {
  DisplayName: (text) => ({ patch: { 'profile.displayName': normaliseText('DisplayName', text) } }),
  EmailAddress: (text) => ({ email: { address: emailAddress(text) } }),
  LanguageID: (text, { realm }) => {
    const tag = languageOf(text, realm.fields.language);
    if (tag === undefined) throw notValid('LanguageID', text);
    return { patch: { 'profile.language': tag } };
  },
  MobilePhone: (text, { realm }) => {
    if (!meetsPhonePattern(text)) throw mustMatch('MobilePhone', phonePattern);
    // The pattern's white space holds line breaks, which no number has.
    normaliseText('MobilePhone', text);
    const number = parsePhone(text, realm.fields.region)?.number;
    return { phone: { entered: text, sameBy: 'entered', ...(number === undefined ? {} : { number }) } };
  },
  Password: (text) => {
    const { minLength, maxLength } = plainPasswordRules;
    const length = [...text].length;
    if (length >= minLength && length <= maxLength) {
      return {
        password: { set: { plain: text }, byUserItself: true, rules: plainPasswordRules, lockAfterAttempts: 0 },
      };
    }
    throw new InvalidMember(
      `The field Password must be a string with a minimum length of ${minLength} and a maximum length of ${maxLength}.`,
    );
  },
  TimeZone: (text, { realm }) => {
    const sent = parseTimeZone(text, realm.fields.region);
    if (sent === undefined) throw notValid('TimeZone', text);
    return {
      patch: { 'profile.timeZone': sent.zone, 'extensions.twosms.timeZoneEntered': sent.windowsName ?? null },
    };
  },
  Username: (text) => ({ loginName: { dialect: 'twosms', name: normaliseName('Username', text) } }),
};

/** The same of each flag. `failed_precondition` / `field_read_only` when it cannot be taken back on this wire. */
export const flagReaders: Readonly<Record<FlagName, (flag: boolean, current: Current) => UserInput>> = {
  AdminUser: (flag, { user }) => {
    if (!flag && administersMore(user)) {
      const text = 'AdminUser cannot be false: this user administers the whole directory, and so 2sms too.';
      throw new DirectoryError('failed_precondition', text, { reason: 'field_read_only', field: 'AdminUser' });
    }
    return { administers: { twosms: flag } };
  },
  Enabled: (flag) => ({ state: { disabled: !flag } }),
  SSOEnabled: (flag) => ({ patch: { 'extensions.twosms.ssoEnabled': flag } }),
};

/** A PIN; null, or an empty one, for a random one at each sign-in. */
export function readPin(text: string | null): UserInput {
  if (text === null || text === '') return { pin: null };
  if (!new RegExp(pinPattern).test(text)) throw mustMatch('Pin', pinPattern);
  return { pin: text };
}

/** Preferences; 0 is what everybody has, so it is not kept. */
export function readPreferences(value: number | string): UserInput {
  return { patch: { 'extensions.twosms.preferences': value === 0 ? null : value } };
}

export function notValid(name: WritableName, sent: string): InvalidMember {
  return new InvalidMember(`The value '${sent.slice(0, 100)}' is not valid for ${name}.`);
}

function mustMatch(name: WritableName, pattern: string): InvalidMember {
  return new InvalidMember(`The field ${name} must match the regular expression '${pattern}'.`);
}

function emailAddress(text: string): string {
  try {
    return normaliseEmail(text);
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    throw new InvalidMember('The EmailAddress field is not a valid e-mail address.');
  }
}
