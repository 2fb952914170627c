import type { Instant } from './instant.ts';

/** The core's own key of a realm. */
export type RealmKey = number;

/** A closed part of the directory: its users, its defaults, its rules. Realms never see each other. */
export interface Realm {
  readonly key: RealmKey;
  /** The id by which each dialect knows this realm (an organization, an account, an agency). */
  readonly ids: Readonly<Record<string, string>>;
  readonly version: number;
  readonly digest: string;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
  readonly fields: RealmFields;
}

export interface RealmFields {
  readonly name: string;
  /** BCP 47 */
  readonly language: string;
  /** ISO 3166: the country whose national phone numbers are meant */
  readonly region: string;
  /** IANA */
  readonly timeZone: string;
  /** A policy that the realm's owner has set holds on every wire, besides the wire's own. */
  readonly passwordRules?: PasswordRules;
  /** Wrong passwords after which a user is locked; 0 never locks. Absent: the wire's own default. */
  readonly lockAfterAttempts?: number;
}

/** What a new password must have. Lengths count UTF-8 bytes where `countsBytes` says so, else characters. */
export interface PasswordRules {
  readonly minLength: number;
  readonly maxLength: number;
  readonly countsBytes?: boolean;
  readonly needsLower?: boolean;
  readonly needsUpper?: boolean;
  readonly needsDigit?: boolean;
  readonly needsSymbol?: boolean;
}
