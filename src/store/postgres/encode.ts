import type { Change } from '#core/change.ts';
import type { NewMessage } from '#core/message.ts';
import type { Metadata } from '#core/metadata.ts';
import type { DialectRecord, Unit } from '#core/ports.ts';
import { foldText } from '#core/searched-text.ts';
import type { Secret } from '#core/secret.ts';
import type { Token } from '#core/token.ts';
import { usersOf } from '#core/unit.ts';
import { loginNamesOf, stateOf, type User, type UserKey } from '#core/user.ts';
import { movedEmail } from '#store/moved-email.ts';
import type { Value, WriteName } from './statements.ts';

/** One row that a unit writes. */
export interface WrittenRow {
  readonly name: WriteName;
  readonly values: readonly Value[];
  /** It must be written; otherwise the unit has lost. */
  readonly must?: boolean;
}

/** A token, a user's or a client's tokens that every process has to forget. */
export type Revocation = readonly [kind: 'token' | 'user' | 'client', value: string];

/** The rows of a unit but for its change. */
export function rowsOf(unit: Unit): WrittenRow[] {
  // A subject that moves without its change, or the other way round, would break the history.
  if ((unit.user || unit.realm) && !unit.change) throw new TypeError('A user or a realm is written with its change.');
  return [
    ...userRows(unit),
    ...realmRows(unit),
    ...nameRows(unit),
    ...emailRows(unit),
    ...dropRows(unit),
    ...putRows(unit),
  ];
}

function userRows(unit: Unit): WrittenRow[] {
  const rows: WrittenRow[] = [];
  for (const key of usersOf(unit)) {
    const written = unit.user?.after.key === key ? unit.user : undefined;
    if (written?.before === 0) rows.push(...newUserRows(written.after, unit));
    else rows.push(userRow(key, written, unit));
  }
  return rows;
}

/** A user that is there: with what is written of it, if only that something has been. */
function userRow(key: UserKey, written: Unit['user'], unit: Unit): WrittenRow {
  const revision = unit.revisions?.get(key) ?? null;
  const [isActive, ...activity] = activityOf(key, unit);
  const fields = written ? fieldValues(written.after) : [null, null, null, null, null];
  const version = written ? [written.after.version, written.after.digest, written.after.changedAt] : [null, null, null];
  return {
    name: 'writeUsers',
    values: [key, written?.before ?? null, revision, ...version, ...fields, isActive ? 1 : 0, ...activity],
    must: written !== undefined || revision !== null,
  };
}

function newUserRows(user: User, unit: Unit): WrittenRow[] {
  const { key, realm, kind, version, digest, createdAt, changedAt, ids } = user;
  const [, lastLoginAt = null, failedAttempts] = activityOf(key, unit);
  const identity = [key, realm, kind === 'human' ? 0 : 1, version, digest, createdAt, changedAt, JSON.stringify(ids)];
  const values = [...identity, ...fieldValues(user), lastLoginAt, failedAttempts ?? 0];
  return [
    { name: 'insertUsers', values, must: true },
    ...Object.entries(ids).map(([dialect, value]): WrittenRow => {
      return { name: 'insertIdentifiers', values: [dialect, value, key], must: true };
    }),
  ];
}

/** The fields, and what of them is searched. */
function fieldValues(user: User): (string | null)[] {
  const { fields } = user;
  const loginNames = loginNamesOf(fields);
  return [
    JSON.stringify(fields),
    stateOf(user),
    fields.username ?? '',
    loginNames ? JSON.stringify(loginNames) : null,
    administersOf(fields),
  ];
}

/** The dialects that a user administers, and `*` for the owner of all. */
function administersOf({ administers = [], owner }: User['fields']): string | null {
  if (administers.length === 0 && !owner) return null;
  return JSON.stringify(owner ? [...administers, '*'] : administers);
}

function activityOf(key: UserKey, { activity }: Unit): [boolean, string | null, number | null] {
  if (activity?.user !== key) return [false, null, null];
  return [true, activity.activity.lastLoginAt ?? null, activity.activity.failedAttempts];
}

function realmRows({ realm }: Unit): WrittenRow[] {
  if (realm === undefined) return [];
  const { key, version, digest, createdAt, changedAt, ids, fields } = realm.after;
  const docs = [JSON.stringify(ids), JSON.stringify(fields)];
  return [
    realm.before === 0
      ? { name: 'insertRealms', values: [key, version, digest, createdAt, changedAt, ...docs], must: true }
      : { name: 'updateRealms', values: [key, realm.before, version, digest, changedAt, ...docs], must: true },
    ...Object.entries(ids).map(([dialect, value]): WrittenRow => {
      return { name: 'putRealmIdentifiers', values: [dialect, value, key], must: true };
    }),
  ];
}

function nameRows({ user, removeNames = [], addNames = [] }: Unit): WrittenRow[] {
  if (removeNames.length === 0 && addNames.length === 0) return [];
  if (!user) throw new TypeError('Names are held by a user, but this unit has none.');
  const { key: holder } = user.after;
  return [
    ...removeNames.map((key): WrittenRow => ({ name: 'removeNames', values: [key, holder] })),
    ...addNames.map(({ key, algorithm }): WrittenRow => {
      return { name: 'addNames', values: [key, algorithm, holder], must: true };
    }),
  ];
}

function emailRows(unit: Unit): WrittenRow[] {
  const { user, dropped, added } = movedEmail(unit);
  return [
    ...(dropped === undefined ? [] : [{ name: 'removeEmails', values: [dropped, user] } as const]),
    ...(added === undefined ? [] : [{ name: 'addEmails', values: [added, user] } as const]),
  ];
}

function dropRows(unit: Unit): WrittenRow[] {
  const { dropTokensOf, dropTokensOfClient, dropMessagesOf, dropMetadataOf, dropRecordsOf } = unit;
  const rows: WrittenRow[] = [];
  for (const { user, name } of unit.dropSecrets ?? []) rows.push({ name: 'dropSecrets', values: [user, name] });
  for (const hash of unit.dropTokens ?? []) rows.push({ name: 'dropTokens', values: [hash], must: true });
  if (dropTokensOf) {
    const { user, which } = dropTokensOf;
    const credential = typeof which === 'object' ? which.credential : null;
    rows.push({ name: 'dropTokensOf', values: [user, which === 'all' ? 1 : 0, credential] });
  }
  if (dropTokensOfClient) {
    rows.push({ name: 'dropTokensOfClient', values: [dropTokensOfClient.dialect, dropTokensOfClient.client] });
  }
  for (const { dialect, kind, id } of unit.dropRecords ?? [])
    rows.push({ name: 'dropRecords', values: [dialect, kind, id] });
  if (dropRecordsOf !== undefined) rows.push({ name: 'dropRecordsOf', values: [dropRecordsOf] });
  if (dropMessagesOf !== undefined) rows.push({ name: 'dropMessagesOf', values: [dropMessagesOf] });
  if (dropMetadataOf !== undefined) rows.push({ name: 'dropMetadataOf', values: [dropMetadataOf] });
  for (const { user, key } of unit.dropMetadata ?? []) rows.push({ name: 'dropMetadata', values: [user, key] });
  return rows;
}

function putRows(unit: Unit): WrittenRow[] {
  const { putSecrets = [], putTokens = [], putMessages = [], putMetadata = [], putRecords = [], idempotency } = unit;
  const rows = [
    ...putSecrets.map(secretRow),
    ...putTokens.map(tokenRow),
    ...putMessages.map(messageRow),
    ...putMetadata.map(metadataRow),
    ...putRecords.map(recordRow),
  ];
  if (idempotency === undefined) return rows;
  const { scope, input, outcome, expiresAt, now } = idempotency;
  return [
    ...rows,
    { name: 'dropExpiredIdempotency', values: [scope, now] },
    { name: 'putIdempotency', values: [scope, input, outcome, expiresAt], must: true },
  ];
}

function secretRow({ user, name, revision, doc }: Secret): WrittenRow {
  const expiresAt = 'expiresAt' in doc ? doc.expiresAt : null;
  return { name: 'putSecrets', values: [user, name, revision, expiresAt, JSON.stringify(doc)] };
}

function tokenRow(token: Token): WrittenRow {
  const { hash, id, user = null, client = null, credential = null, dialect, use, signedIn, rights } = token;
  const { createdAt, expiresAt = null } = token;
  const written = [signedIn ? 1 : 0, JSON.stringify(rights), createdAt, expiresAt];
  return { name: 'putTokens', values: [hash, id, user, client, credential, dialect, use, ...written], must: true };
}

function messageRow({ id, realm, user, channel, to, createdAt, expiresAt, sealed }: NewMessage): WrittenRow {
  return { name: 'putMessages', values: [id, realm, user, channel, to, createdAt, expiresAt, sealed] };
}

function metadataRow({ user, key, createdAt, changedAt, value }: Metadata): WrittenRow {
  return { name: 'putMetadata', values: [user, key, foldText(key), createdAt, changedAt, value] };
}

function recordRow(record: DialectRecord): WrittenRow {
  const { dialect, kind, id, realm, owner = null, version, doc } = record;
  const values = [dialect, kind, id, realm, owner, version, JSON.stringify(doc)];
  return { name: 'putRecords', values, must: true };
}

/** A change, as the columns of `changeColumns`. */
export function changeRow(change: Change): Value[] {
  const { subject, version, realm, at, changes, salt, valuesDigest, previous, digest, ...skeleton } = change;
  const values = changes === undefined || salt === undefined ? [null, null] : [salt, JSON.stringify(changes)];
  const kind = subject.kind === 'user' ? 0 : 1;
  const written = JSON.stringify(skeleton);
  return [kind, subject.key, version, realm, at, written, valuesDigest, previous, digest, ...values];
}

/** What other processes would not learn from the changes. */
export function revocationsOf({ dropTokens = [], dropTokensOf, dropTokensOfClient: client }: Unit): Revocation[] {
  return [
    ...dropTokens.map((hash): Revocation => ['token', hash]),
    ...(dropTokensOf ? [['user', String(dropTokensOf.user)] as const] : []),
    ...(client ? [['client', `${client.dialect} ${client.client}`] as const] : []),
  ];
}
