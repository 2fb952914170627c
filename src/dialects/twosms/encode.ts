import type { Instant } from '#core/instant.ts';
import type { Realm } from '#core/realm.ts';
import { loginNameIn, type User } from '#core/user.ts';
import { languageIdOf } from './languages.ts';
import { mask, type ShownUser } from './model.ts';
import { meetsPhonePattern } from './phone.ts';
import { parseTimeZone } from './time-zone.ts';

/** A user as this dialect shows it. It never fails: what is missing shows as the realm's default, or as null. */
export function shownUser(user: User, realm: Realm): ShownUser {
  const { fields } = user;
  const language = fields['profile.language'] ?? realm.fields.language;
  return {
    ID: user.ids['twosms'] ?? null,
    AgreementDate: dateOf(fields['consent.agreedAt']),
    AccountID: realm.ids['twosms'] ?? null,
    AdminUser: isAdministrator(user),
    DateCreated: dateOf(user.createdAt),
    DateModified: dateOf(user.changedAt),
    DeclineDate: dateOf(fields['consent.declinedAt']),
    DisplayName: fields['profile.displayName'] ?? null,
    DPAVersion: fields['consent.dpaVersion'] ?? null,
    EmailAddress: fields['email.address'] ?? null,
    Enabled: fields.disabledAt === undefined,
    LanguageID: languageIdOf(language),
    Language: language,
    MobilePhone: phoneOf(user),
    Password: null,
    Pin: fields['pin.setAt'] === undefined ? null : mask,
    Preferences: preferencesOf(user),
    PrivacyPolicyVersion: fields['consent.privacyPolicyVersion'] ?? null,
    SSOEnabled: fields['extensions.twosms.ssoEnabled'] === true,
    TimeZone: timeZoneOf(user, realm),
    Username: loginNameIn('twosms', user),
    UserPassword: null,
  };
}

/** Whether a user administers this dialect, by this grant or by a wider one. */
function isAdministrator(user: User): boolean {
  return administersMore(user) || (user.fields.administers ?? []).includes('twosms');
}

/** Whether a user administers this dialect by a grant that covers others too: this wire does not take that away. */
export function administersMore({ fields }: Pick<User, 'fields'>): boolean {
  return fields.owner === true || (fields.administers ?? []).includes('directory');
}

/** .NET's round-trip form with an offset: as many digits of the fraction as there are, none for a whole second. */
function dateOf(instant: Instant | undefined): string | null {
  return instant === undefined ? null : `${instant.slice(0, -1).replace(/\.?0+$/, '')}+00:00`;
}

/** The number as entered where it meets the vendor's pattern, else in E.164, else as entered all the same. */
function phoneOf({ fields }: User): string | null {
  const entered = fields['phone.entered'];
  const number = fields['phone.number'];
  if (entered !== undefined && meetsPhonePattern(entered)) return entered;
  return number ?? entered ?? null;
}

function preferencesOf({ fields }: User): number | string {
  const stored = fields['extensions.twosms.preferences'];
  return typeof stored === 'number' || typeof stored === 'string' ? stored : 0;
}

/** Windows' name when that was entered and still means the present zone, else the IANA name. */
function timeZoneOf({ fields }: User, realm: Realm): string {
  const zone = fields['profile.timeZone'];
  const entered = fields['extensions.twosms.timeZoneEntered'];
  if (typeof entered === 'string' && zone !== undefined) {
    if (parseTimeZone(entered, realm.fields.region)?.zone === zone) return entered;
  }
  return zone ?? realm.fields.timeZone;
}
