import { normaliseEmail } from './email.ts';
import { invalidField } from './errors.ts';
import { type Instant, isInstant } from './instant.ts';
import { depthOf, isJsonObject, type Json, type JsonObject } from './json.ts';
import { normaliseLanguage, normaliseTimeZone } from './locale.ts';
import { isMetadataPath } from './metadata.ts';
import { normaliseName, normaliseText } from './names.ts';
import { normaliseE164, normaliseEnteredPhone } from './phone.ts';

export type Gender = 'female' | 'male' | 'diverse';
export type Lifecycle = 'initial' | 'active' | 'deleted';
export type Scalar = boolean | number | string;

/** A question for resetting a password. Its answer is a secret; `answerSetAt` says that there is one. */
export interface SecurityQuestion {
  readonly question: string;
  readonly order?: string;
  readonly answerSetAt?: Instant;
}

/** Every field of a user that history records, by its path. Paths are never reused. */
export interface UserFields {
  username: string;
  [loginName: `loginNames.${string}`]: string;
  'profile.givenName': string;
  'profile.familyName': string;
  'profile.nickName': string;
  'profile.displayName': string;
  'profile.gender': Gender;
  /** BCP 47 */
  'profile.language': string;
  /** IANA */
  'profile.timeZone': string;
  'email.address': string;
  'email.verifiedAt': Instant;
  /** E.164; absent when what was entered is no valid number */
  'phone.number': string;
  'phone.entered': string;
  'phone.verifiedAt': Instant;
  acceptsTextMessages: boolean;
  lifecycle: Lifecycle;
  disabledAt: Instant;
  lockedAt: Instant;
  /** The dialects that this user administers in its own realm; `directory` covers them all. Sorted. */
  administers: readonly string[];
  /** Owner of the whole directory: no dialect can write it. */
  owner: boolean;
  data: JsonObject;
  securityQuestions: readonly SecurityQuestion[];
  'consent.agreedAt': Instant;
  'consent.declinedAt': Instant;
  'consent.dpaVersion': string;
  'consent.privacyPolicyVersion': string;
  registeredAt: Instant;
  'password.setAt': Instant;
  'password.changeRequired': boolean;
  'pin.setAt': Instant;
  'accessToken.setAt': Instant;
  /** When an authenticator app was registered whose first code is still to come. */
  'totp.pendingAt': Instant;
  'totp.setAt': Instant;
  /** When a machine was given the secret that it has. */
  'clientSecret.setAt': Instant;
  /** When a machine was last given a key, or lost one. */
  'keys.setAt': Instant;
  [extension: `extensions.${string}`]: Scalar;
}

export type FieldPath = keyof UserFields & string;

/** Who may write a field, besides the directory's owner. An administrator is one of this realm and dialect. */
export type Writers = 'self' | 'administrator' | 'nobody';

export interface Field {
  /** Answers the value in its canonical form, or throws an `invalid_argument` naming the field. Idempotent. */
  readonly normalise: (value: unknown, path: string) => Json;
  readonly writers: Writers;
  readonly searchable?: boolean;
}

const text: Field['normalise'] = (value, path) => normaliseText(path, value);
const name: Field['normalise'] = (value, path) => normaliseName(path, value);
const instant: Field['normalise'] = (value, path) => {
  if (isInstant(value)) return value;
  throw invalidField(path, `${path} must be a UTC time, such as 2026-11-21T10:00:00.000Z.`);
};
const boolean: Field['normalise'] = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw invalidField(path, `${path} must be true or false.`);
};
const oneOf =
  (...allowed: string[]): Field['normalise'] =>
  (value, path) => {
    if (typeof value === 'string' && allowed.includes(value)) return value;
    throw invalidField(path, `${path} must be one of ${allowed.join(', ')}.`);
  };

const fields: Readonly<Record<string, Field>> = {
  username: { normalise: name, writers: 'self', searchable: true },
  'profile.givenName': { normalise: text, writers: 'self', searchable: true },
  'profile.familyName': { normalise: text, writers: 'self', searchable: true },
  'profile.nickName': { normalise: text, writers: 'self', searchable: true },
  'profile.displayName': { normalise: text, writers: 'self', searchable: true },
  'profile.gender': { normalise: oneOf('female', 'male', 'diverse'), writers: 'self' },
  'profile.language': { normalise: normaliseLanguage, writers: 'self' },
  'profile.timeZone': { normalise: normaliseTimeZone, writers: 'self' },
  'email.address': { normalise: normaliseEmail, writers: 'self', searchable: true },
  'email.verifiedAt': { normalise: instant, writers: 'administrator' },
  'phone.number': { normalise: normaliseE164, writers: 'self', searchable: true },
  'phone.entered': { normalise: normaliseEnteredPhone, writers: 'self' },
  'phone.verifiedAt': { normalise: instant, writers: 'administrator' },
  acceptsTextMessages: { normalise: boolean, writers: 'self' },
  lifecycle: { normalise: oneOf('initial', 'active', 'deleted'), writers: 'administrator', searchable: true },
  disabledAt: { normalise: instant, writers: 'administrator', searchable: true },
  lockedAt: { normalise: instant, writers: 'administrator', searchable: true },
  administers: { normalise: normaliseDialects, writers: 'administrator' },
  owner: { normalise: boolean, writers: 'nobody' },
  data: { normalise: normaliseData, writers: 'self' },
  securityQuestions: { normalise: normaliseQuestions, writers: 'self' },
  'consent.agreedAt': { normalise: instant, writers: 'nobody' },
  'consent.declinedAt': { normalise: instant, writers: 'nobody' },
  'consent.dpaVersion': { normalise: text, writers: 'nobody' },
  'consent.privacyPolicyVersion': { normalise: text, writers: 'nobody' },
  registeredAt: { normalise: instant, writers: 'administrator' },
  'password.setAt': { normalise: instant, writers: 'self' },
  'password.changeRequired': { normalise: boolean, writers: 'self' },
  'pin.setAt': { normalise: instant, writers: 'self' },
  'accessToken.setAt': { normalise: instant, writers: 'nobody' },
  'totp.pendingAt': { normalise: instant, writers: 'self' },
  'totp.setAt': { normalise: instant, writers: 'self' },
  'clientSecret.setAt': { normalise: instant, writers: 'self' },
  'keys.setAt': { normalise: instant, writers: 'self' },
};

/** Metadata is recorded like a field, and kept beside them. */
const metadataField: Field = {
  normalise: (_, path) => {
    throw invalidField(path, `${path} is no field: metadata is written by itself.`, 'field_read_only');
  },
  writers: 'administrator',
};

const loginNameField: Field = { normalise: name, writers: 'self', searchable: true };

/**
 * The fields that only one dialect has, by the part of the path behind `extensions.`; each dialect declares its own.
 */
export type ExtensionFields = Readonly<Record<`${string}.${string}`, Field>>;

/** The field table: one row per path, the dialects' extensions included. */
export class FieldTable {
  readonly #extensions: ExtensionFields;

  constructor(extensions: ExtensionFields = {}) {
    this.#extensions = extensions;
  }

  /** The row of a path, or undefined when there is no such field. */
  row(path: string): Field | undefined {
    if (Object.hasOwn(fields, path)) return fields[path];
    const dot = path.indexOf('.');
    if (path.startsWith('loginNames.')) return /^[a-z]+$/.test(path.slice(dot + 1)) ? loginNameField : undefined;
    if (!path.startsWith('extensions.')) return isMetadataPath(path) ? metadataField : undefined;
    const extension = path.slice(dot + 1) as keyof ExtensionFields;
    return Object.hasOwn(this.#extensions, extension) ? this.#extensions[extension] : undefined;
  }

  /** The canonical form of a value at a path; null is none. Throws `invalid_argument` for an unknown path or a bad value. */
  normalise(path: string, value: unknown): Json {
    const row = this.row(path);
    if (row === undefined) throw invalidField(path, `There is no field ${path}.`);
    return value === null ? null : row.normalise(value, path);
  }

  paths(): string[] {
    return [...Object.keys(fields), ...Object.keys(this.#extensions).map((name) => `extensions.${name}`)];
  }
}

/** Rows for a dialect's own scalars, to be used in its `extensions`. */
export const extensionField = {
  boolean: (writers: Writers): Field => ({ normalise: boolean, writers }),
  instant: (writers: Writers): Field => ({ normalise: instant, writers }),
  text: (writers: Writers, maxLength?: number): Field => ({
    normalise: (value, path) => normaliseText(path, value, maxLength),
    writers,
  }),
  oneOf: (writers: Writers, ...allowed: string[]): Field => ({ normalise: oneOf(...allowed), writers }),
  scalar: (writers: Writers): Field => ({
    normalise: (value, path) => {
      if (typeof value === 'boolean' || Number.isSafeInteger(value)) return value as Scalar;
      return normaliseText(path, value);
    },
    writers,
  }),
};

function normaliseDialects(value: unknown, path: string): Json {
  if (Array.isArray(value) && value.every((name) => typeof name === 'string' && /^[a-z]{1,32}$/.test(name))) {
    // To administer nothing is to have no value, however it is said.
    return value.length === 0 ? null : [...new Set<string>(value)].sort();
  }
  throw invalidField(path, `${path} must be a list of dialect names.`);
}

const maxDataCharacters = 65_536;
/** Less than a request may nest, so that every wire can send back what it has shown. */
const maxDataDepth = 30;

function normaliseData(value: unknown, path: string): Json {
  if (!isJsonObject(value)) throw invalidField(path, `${path} must be a JSON object.`);
  if (depthOf(value, maxDataDepth) > maxDataDepth) {
    throw invalidField(path, `${path} must not nest deeper than ${maxDataDepth} levels.`);
  }
  if (!isStorable(value)) {
    throw invalidField(path, `${path} must not contain lone surrogates, nor numbers that are too large.`);
  }
  if (JSON.stringify(value).length > maxDataCharacters) {
    throw invalidField(path, `${path} must have at most ${maxDataCharacters} characters as JSON.`, 'field_too_long');
  }
  return value;
}

/** Whether a JSON value can be written and read again: JSON.parse makes Infinity of 1e400. */
function isStorable(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isStorable(inner));
}

const maxQuestions = 20;

/** A security question in its canonical form. */
export function normaliseQuestion(value: unknown): string {
  const field = 'securityQuestions.question';
  const question = normaliseText(field, value).trim();
  if (question === '') throw invalidField(field, `${field} must not be empty.`, 'field_required');
  return question;
}

function normaliseQuestions(value: unknown, path: string): Json {
  if (!Array.isArray(value) || value.length > maxQuestions || !value.every(isJsonObject)) {
    throw invalidField(path, `${path} must be a list of at most ${maxQuestions} questions.`);
  }
  const questions = value.map((entry) => ({
    question: normaliseQuestion(entry.question),
    ...(entry.order === undefined ? {} : { order: normaliseText(`${path}.order`, entry.order, 20) }),
    ...(entry.answerSetAt === undefined ? {} : { answerSetAt: instant(entry.answerSetAt, path) }),
  }));
  if (new Set(questions.map(({ question }) => question)).size < questions.length) {
    throw invalidField(path, `${path} must not ask the same question twice.`);
  }
  return questions;
}
