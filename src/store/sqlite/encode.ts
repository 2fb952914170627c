import type { Change } from '#core/change.ts';
import type { NewMessage } from '#core/message.ts';
import type { Metadata } from '#core/metadata.ts';
import type { DialectRecord, Unit } from '#core/ports.ts';
import { foldText } from '#core/searched-text.ts';
import type { Secret } from '#core/secret.ts';
import type { Token } from '#core/token.ts';
import { usersOf } from '#core/unit.ts';
import { movedEmail } from '#store/moved-email.ts';
import { identifierValue } from './identifiers.ts';
import { beginsRun, runOf } from './runs.ts';
import { usesOf } from './sequences.ts';
import type { WriteName } from './statements.ts';

export type Value = string | number | null | Uint8Array;

/**
 * A unit as the writing thread runs it: strings, numbers and bytes in as few lists as can be, since to post a list costs more
 * than to post what is in it.
 */
export interface EncodedUnit {
  /** Statement after statement: its name, then its parameters without the number in the feed. */
  readonly steps: readonly Value[];
  /** The numbers that it takes into use, each behind its sequence. */
  readonly uses?: readonly (string | number)[];
  /** Whether a change is among them. */
  readonly recorded: boolean;
  /** What it is about: users by their keys, realms by their negated keys. */
  readonly about: readonly number[];
  /** Users that it was decided on besides. */
  readonly restsOn: readonly number[];
}

type Step = readonly [WriteName, ...Value[]];

function put(steps: Value[], ...step: Step): void {
  for (const value of step) steps.push(value);
}

/** The statements of a unit. What is dropped goes before what is put, so that a unit can replace. */
export function encodeUnit(unit: Unit): EncodedUnit {
  // The row of a subject names its changes: one without the other would break the history.
  if ((unit.user || unit.realm) && !unit.change) throw new TypeError('A user or a realm is written with its change.');
  const steps: Value[] = [];
  if (unit.user) encodeUser(unit.user, steps);
  if (unit.realm) encodeRealm(unit.realm, steps);
  encodeNames(unit, steps);
  encodeEmail(unit, steps);
  encodeDrops(unit, steps);
  if (unit.activity) {
    const { user, activity } = unit.activity;
    put(steps, 'putActivity', user, activity.lastLoginAt ?? null, activity.failedAttempts);
  }
  for (const secret of unit.putSecrets ?? []) put(steps, ...encodeSecret(secret));
  for (const token of unit.putTokens ?? []) put(steps, ...encodeToken(token));
  for (const message of unit.putMessages ?? []) put(steps, ...encodeMessage(message));
  for (const metadata of unit.putMetadata ?? []) put(steps, ...encodeMetadata(metadata));
  for (const record of unit.putRecords ?? []) put(steps, ...encodeRecord(record));
  if (unit.idempotency) {
    const { scope, input, outcome, expiresAt, now } = unit.idempotency;
    put(steps, 'putIdempotency', scope, input, outcome, expiresAt, now);
  }
  if (unit.change) encodeChange(unit.change, steps);
  const { change, restsOn = [] } = unit;
  const uses = usesOf(unit);
  return { steps, ...(uses && { uses }), recorded: change !== undefined, about: subjectsOf(unit), restsOn };
}

function encodeUser({ after, before }: NonNullable<Unit['user']>, steps: Value[]): void {
  const fields = JSON.stringify(after.fields);
  const deleted = after.fields.lifecycle === 'deleted' ? 1 : 0;
  if (before > 0) {
    if (beginsRun(after.version)) put(steps, 'putDownRunOfUser', after.key, runOf(before), before);
    put(steps, 'updateUser', after.key, after.version, deleted, after.digest, after.changedAt, fields, before);
    return;
  }
  const kind = after.kind === 'human' ? 0 : 1;
  const times = [after.createdAt, after.changedAt];
  const ids = JSON.stringify(after.ids);
  put(steps, 'insertUser', after.key, after.realm, kind, after.version, deleted, after.digest, ...times, ids, fields);
  for (const dialect in after.ids) {
    put(steps, 'insertIdentifier', dialect, identifierValue(after.ids[dialect] ?? ''), after.key);
  }
}

function encodeRealm({ after, before }: NonNullable<Unit['realm']>, steps: Value[]): void {
  const docs = [JSON.stringify(after.ids), JSON.stringify(after.fields)];
  if (before > 0) {
    if (beginsRun(after.version)) put(steps, 'putDownRunOfRealm', after.key, runOf(before), before);
    put(steps, 'updateRealm', after.key, after.version, after.digest, after.changedAt, ...docs, before);
  } else {
    put(steps, 'insertRealm', after.key, after.version, after.digest, after.createdAt, after.changedAt, ...docs);
  }
  for (const [dialect, value] of Object.entries(after.ids)) {
    put(steps, 'putRealmIdentifier', dialect, identifierValue(value), after.key);
  }
}

function encodeNames({ user, removeNames, addNames }: Unit, steps: Value[]): void {
  if (!removeNames?.length && !addNames?.length) return;
  if (!user) throw new TypeError('Names are held by a user, but this unit has none.');
  for (const key of removeNames ?? []) put(steps, 'removeName', key, user.after.key);
  for (const { key, algorithm } of addNames ?? []) put(steps, 'addName', key, algorithm, user.after.key);
}

function encodeEmail(unit: Unit, steps: Value[]): void {
  const { user, dropped, added } = movedEmail(unit);
  if (dropped !== undefined) put(steps, 'removeEmail', dropped, user);
  if (added !== undefined) put(steps, 'addEmail', added, user);
}

function encodeDrops(unit: Unit, steps: Value[]): void {
  for (const { user, name } of unit.dropSecrets ?? []) put(steps, 'dropSecret', user, name);
  for (const hash of unit.dropTokens ?? []) put(steps, 'dropToken', hash);
  if (unit.dropTokensOf) {
    const { user, which } = unit.dropTokensOf;
    if (typeof which === 'object') put(steps, 'dropTokensOfCredential', user, which.credential);
    else put(steps, which === 'all' ? 'dropTokensOf' : 'dropSignedInTokensOf', user);
  }
  if (unit.dropTokensOfClient) {
    put(steps, 'dropTokensOfClient', unit.dropTokensOfClient.dialect, unit.dropTokensOfClient.client);
  }
  for (const { dialect, kind, id } of unit.dropRecords ?? []) put(steps, 'dropRecord', dialect, kind, id);
  if (unit.dropRecordsOf !== undefined) put(steps, 'dropRecordsOf', unit.dropRecordsOf);
  if (unit.dropMessagesOf !== undefined) put(steps, 'dropMessagesOf', unit.dropMessagesOf);
  if (unit.dropMetadataOf !== undefined) put(steps, 'dropMetadataOf', unit.dropMetadataOf);
  for (const { user, key } of unit.dropMetadata ?? []) put(steps, 'dropMetadata', user, key);
}

function encodeSecret({ user, name, revision, doc }: Secret): Step {
  return ['putSecret', user, name, revision, 'expiresAt' in doc ? doc.expiresAt : null, JSON.stringify(doc)];
}

function encodeToken(token: Token): Step {
  const { hash, id, user = null, client = null, credential = null, dialect, use, signedIn, rights } = token;
  const { createdAt, expiresAt = null } = token;
  const holder = [user, client, credential];
  return [
    'putToken',
    hash,
    id,
    ...holder,
    dialect,
    use,
    signedIn ? 1 : 0,
    JSON.stringify(rights),
    createdAt,
    expiresAt,
  ];
}

function encodeMessage({ id, realm, user, channel, to, createdAt, expiresAt, sealed }: NewMessage): Step {
  return ['putMessage', id, realm, user, channel, to, createdAt, expiresAt, sealed];
}

function encodeMetadata({ user, key, value, createdAt, changedAt }: Metadata): Step {
  return ['putMetadata', user, key, foldText(key), createdAt, changedAt, Uint8Array.fromBase64(value)];
}

function encodeRecord({ dialect, kind, id, realm, owner, version, doc }: DialectRecord): Step {
  return ['putRecord', dialect, kind, id, realm, owner ?? null, version, JSON.stringify(doc)];
}

function encodeChange(change: Change, steps: Value[]): void {
  const { schema, subject, version, realm, at, changes, salt, valuesDigest, previous, digest } = change;
  const { actor, via, command, request, address } = change;
  const skeleton = JSON.stringify({ schema, actor, via, command, request, address });
  const kind = subject.kind === 'user' ? 0 : 1;
  put(steps, 'insertChange', kind, subject.key, version, realm, at, skeleton, valuesDigest, previous, digest);
  if (changes && salt !== undefined) put(steps, 'insertChangeValues', salt, JSON.stringify(changes));
}

function subjectsOf(unit: Unit): number[] {
  const users = [...usersOf(unit)];
  return unit.realm ? [...users, -unit.realm.after.key] : users;
}
