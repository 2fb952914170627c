import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '#core/json.ts';
import type { Kept, Sample, Shown, StateStep } from '#dialects/probe.ts';
import type { Name } from './names.ts';

// What a user's record should be, in a few lines of its own: nothing here is the server's own code.

/** The canonical fields that have a value, by path. */
export type Fields = Kept;

/** One member of an update: a value that the wire takes, and whether it is said to be verified. */
export interface Wish {
  readonly member: string;
  readonly sample: Sample;
  readonly verified?: boolean;
  /** Where the member is the username. */
  readonly name?: Name;
}

export type Changes = Readonly<Record<string, { readonly before: Json; readonly after: Json }>>;

/** What a change of these fields into those is recorded as. */
export function changesBetween(before: Fields, after: Fields): Changes {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...paths].filter((path) => !isDeepStrictEqual(before[path], after[path]));
  return Object.fromEntries(
    changed.map((path) => [path, { before: before[path] ?? null, after: after[path] ?? null }] as const),
  );
}

/** A new user: active, registered now, with what its wire adds and what was wished. */
export function born(adds: Fields, wishes: readonly Wish[], now: string): Fields {
  const start: Fields = { lifecycle: 'active', registeredAt: now, ...adds };
  return wishes.reduce((fields: Fields, wish) => granted(fields, wish, now), start);
}

/** After an update through a dialect that shows these members: what it shows already is no wish. */
export function updated(
  fields: Fields,
  wishes: readonly Wish[],
  dialect: string,
  shows: readonly string[],
  now: string,
): Fields {
  return wishes.reduce((present: Fields, wish) => {
    return isShown(present, wish, dialect, shows) ? verified(present, wish, now) : granted(present, wish, now);
  }, fields);
}

/** After a step of a dialect's own; undefined where the vendor refuses it. */
export function stated(fields: Fields, { effect, names, refusedFrom }: StateStep, now: string): Fields | undefined {
  const initial = fields['lifecycle'] === 'initial';
  const state = { locked: 'lockedAt' in fields, disabled: 'disabledAt' in fields, initial };
  if (refusedFrom?.(state)) return undefined;
  if (names !== undefined && names === shownOf(fields, '').standing) return fields;
  const next = { ...state, ...effect };
  return withValues(fields, {
    ...(effect.activates ? { lifecycle: 'active' } : {}),
    lockedAt: next.locked ? (fields['lockedAt'] ?? now) : null,
    disabledAt: next.disabled ? (fields['disabledAt'] ?? now) : null,
  });
}

export function deleted(fields: Fields): Fields {
  return { ...fields, lifecycle: 'deleted' };
}

/** Grants one wish. A new address or number is unverified, another spelling of the same number is not a new one. */
function granted(fields: Fields, { member, sample, verified: said }: Wish, now: string): Fields {
  if (member === 'password') return withValues(fields, { 'password.setAt': now });
  const next = applied(fields, sample);
  const number = next['phone.number'];
  const sameNumber = number !== undefined && number === fields['phone.number'];
  if (member === 'email') return withValues(next, { 'email.verifiedAt': said ? now : null });
  if (member === 'phone' && (said || !sameNumber)) return withValues(next, { 'phone.verifiedAt': said ? now : null });
  return next;
}

/** The present address or number can only become verified. */
function verified(fields: Fields, { member, verified: said }: Wish, now: string): Fields {
  const path = `${member}.verifiedAt`;
  return said && !(path in fields) ? { ...fields, [path]: now } : fields;
}

function applied(fields: Fields, { keeps }: Sample): Fields {
  return withValues(fields, typeof keeps === 'function' ? keeps(fields) : keeps);
}

/** Null stands for no value. */
function withValues(fields: Fields, values: Kept): Fields {
  return Object.fromEntries(Object.entries({ ...fields, ...values }).filter(([, value]) => value !== null));
}

/** Whether a dialect shows the very value that is sent, or would show the same once it were written. */
function isShown(fields: Fields, { member, sample }: Wish, dialect: string, shows: readonly string[]): boolean {
  if (member === 'password') return false;
  const [was, is] = [shownOf(fields, dialect), shownOf(applied(fields, sample), dialect)];
  const phone = ['phoneEntered', 'phoneInPattern', 'phone'].find((name) => shows.includes(name)) ?? '';
  const isSent = member === 'phone' && Reflect.get(was, phone) === sample.sent;
  return isSent || shows.every((name) => isDeepStrictEqual(Reflect.get(was, name), Reflect.get(is, name)));
}

/** Names that one of the vendors has for zones. */
const windowsZones: Readonly<Record<string, string>> = { 'W. Europe Standard Time': 'Europe/Berlin' };

/** All that any dialect could tell of these fields; the realm speaks English and keeps UTC. */
export function shownOf(fields: Fields, dialect: string): Shown {
  const at = <Value extends Json>(path: string) => (fields[path] ?? null) as Value | null;
  const [entered, number] = [at<string>('phone.entered'), at<string>('phone.number')];
  const [zone, typedZone] = [at<string>('profile.timeZone'), at<string>('extensions.twosms.timeZoneEntered')];
  const administers = at<readonly string[]>('administers') ?? [];
  const [lockedAt, disabledAt] = [at<string>('lockedAt'), at<string>('disabledAt')];
  const standing = standingOf(lockedAt, disabledAt);
  const extensions = below('extensions', fields);
  const { timeZoneEntered, ...own } = (extensions[dialect] ?? {}) as JsonObject;
  return {
    username: at<string>('username') ?? '',
    loginName: at<string>(`loginNames.${dialect}`) ?? at<string>('username') ?? '',
    loginNames: below('loginNames', fields),
    email: at('email.address'),
    emailVerified: 'email.verifiedAt' in fields,
    phone: number ?? entered,
    phoneEntered: entered,
    phoneInPattern: entered !== null && /^\+?[\d\s()-]{5,20}$/.test(entered) ? entered : (number ?? entered),
    phoneVerified: 'phone.verifiedAt' in fields,
    givenName: at<string>('profile.givenName'),
    familyName: at<string>('profile.familyName'),
    nickName: at('profile.nickName'),
    displayName: at('profile.displayName'),
    gender: at('profile.gender'),
    language: at('profile.language'),
    languageOrDefault: at<string>('profile.language') ?? 'en',
    timeZone: zone,
    timeZoneOrDefault: (windowsZones[typedZone ?? ''] === zone ? typedZone : zone) ?? 'UTC',
    acceptsTextMessages: at('acceptsTextMessages'),
    data: at<JsonObject>('data'),
    administers: administers.includes(dialect),
    administeredDialects: administers,
    state: fields['lifecycle'] === 'initial' ? 'initial' : standing,
    standing: fields['lifecycle'] === 'initial' ? 'active' : standing,
    lockedAt,
    disabledAt,
    disabled: disabledAt !== null,
    registeredAt: at<string>('registeredAt') ?? '',
    passwordSetAt: at('password.setAt'),
    own: Object.fromEntries(Object.entries(own).filter(([, value]) => value !== false)),
    extensions,
  };
}

/** What lies below a group, by the parts of the paths. */
function below(group: string, fields: Fields): JsonObject {
  const found: Record<string, Json> = {};
  for (const [path, value] of Object.entries(fields)) {
    const [first, second = '', third] = path.split('.');
    if (first !== group) continue;
    found[second] = third === undefined ? value : { ...(found[second] as JsonObject | undefined), [third]: value };
  }
  return found;
}

function standingOf(lockedAt: string | null, disabledAt: string | null): NonNullable<Shown['standing']> {
  if (disabledAt !== null) return 'disabled';
  return lockedAt === null ? 'active' : 'locked';
}
