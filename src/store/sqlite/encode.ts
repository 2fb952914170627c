import type { Change } from '#core/change.ts';
import type { Message } from '#core/message.ts';
import type { DialectRecord, Unit } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';
import type { Token } from '#core/token.ts';
import { usersOf } from '#core/unit.ts';
import { beginsRun, runOf } from './runs.ts';
import type { WriteName } from './statements.ts';

export type Value = string | number | null;

/** One statement with its parameters. */
export type Step = readonly [WriteName, ...Value[]];

/** A unit as the writing thread runs it: strings and numbers only, so that posting it is cheap. */
export interface EncodedUnit {
  readonly steps: readonly Step[];
  /** The parameters of its change and of the change's values, without the number in the feed. */
  readonly change?: readonly Value[];
  readonly changeValues?: readonly Value[];
  /** What it is about: users by their keys, realms by their negated keys. */
  readonly about: readonly number[];
  /** Users that it was decided on besides. */
  readonly restsOn: readonly number[];
}

/** The statements of a unit. What is dropped goes before what is put, so that a unit can replace. */
export function encodeUnit(unit: Unit): EncodedUnit {
  // The row of a subject names its changes: one without the other would break the history.
  if ((unit.user || unit.realm) && !unit.change) throw new TypeError('A user or a realm is written with its change.');
  const steps: Step[] = [];
  if (unit.user) encodeUser(unit.user, steps);
  if (unit.realm) encodeRealm(unit.realm, steps);
  encodeNames(unit, steps);
  encodeDrops(unit, steps);
  if (unit.activity) {
    const { user, activity } = unit.activity;
    steps.push(['putActivity', user, activity.lastLoginAt ?? null, activity.failedAttempts]);
  }
  for (const secret of unit.putSecrets ?? []) steps.push(encodeSecret(secret));
  for (const token of unit.putTokens ?? []) steps.push(encodeToken(token));
  for (const message of unit.putMessages ?? []) steps.push(encodeMessage(message));
  for (const record of unit.putRecords ?? []) steps.push(encodeRecord(record));
  if (unit.idempotency) {
    const { scope, input, outcome, expiresAt } = unit.idempotency;
    steps.push(['putIdempotency', scope, input, outcome, expiresAt]);
  }
  return { steps, ...(unit.change && encodeChange(unit.change)), about: subjectsOf(unit), restsOn: unit.restsOn ?? [] };
}

function encodeUser({ after, before }: NonNullable<Unit['user']>, steps: Step[]): void {
  const fields = JSON.stringify(after.fields);
  const deleted = after.fields.lifecycle === 'deleted' ? 1 : 0;
  if (before > 0) {
    if (beginsRun(after.version)) steps.push(['putDownRunOfUser', after.key, runOf(before), before]);
    steps.push(['updateUser', after.key, after.version, deleted, after.digest, after.changedAt, fields, before]);
    return;
  }
  const kind = after.kind === 'human' ? 0 : 1;
  const times = [after.createdAt, after.changedAt];
  const ids = JSON.stringify(after.ids);
  steps.push(['insertUser', after.key, after.realm, kind, after.version, deleted, after.digest, ...times, ids, fields]);
  for (const [dialect, value] of Object.entries(after.ids)) {
    steps.push(['insertIdentifier', dialect, identifierValue(value), after.key]);
  }
}

function encodeRealm({ after, before }: NonNullable<Unit['realm']>, steps: Step[]): void {
  const docs = [JSON.stringify(after.ids), JSON.stringify(after.fields)];
  if (before > 0) {
    if (beginsRun(after.version)) steps.push(['putDownRunOfRealm', after.key, runOf(before), before]);
    steps.push(['updateRealm', after.key, after.version, after.digest, after.changedAt, ...docs, before]);
  } else {
    steps.push(['insertRealm', after.key, after.version, after.digest, after.createdAt, after.changedAt, ...docs]);
  }
  for (const [dialect, value] of Object.entries(after.ids)) {
    steps.push(['putRealmIdentifier', dialect, identifierValue(value), after.key]);
  }
}

function encodeNames({ user, removeNames, addNames }: Unit, steps: Step[]): void {
  if (!removeNames?.length && !addNames?.length) return;
  if (!user) throw new TypeError('Names are held by a user, but this unit has none.');
  for (const key of removeNames ?? []) steps.push(['removeName', key, user.after.key]);
  for (const { key, algorithm } of addNames ?? []) steps.push(['addName', key, algorithm, user.after.key]);
}

function encodeDrops(unit: Unit, steps: Step[]): void {
  for (const { user, name } of unit.dropSecrets ?? []) steps.push(['dropSecret', user, name]);
  for (const hash of unit.dropTokens ?? []) steps.push(['dropToken', hash]);
  if (unit.dropTokensOf) {
    const { user, which } = unit.dropTokensOf;
    steps.push([which === 'all' ? 'dropTokensOf' : 'dropSignedInTokensOf', user]);
  }
  if (unit.dropTokensOfClient) {
    steps.push(['dropTokensOfClient', unit.dropTokensOfClient.dialect, unit.dropTokensOfClient.client]);
  }
  for (const { dialect, kind, id } of unit.dropRecords ?? []) steps.push(['dropRecord', dialect, kind, id]);
  if (unit.dropMessagesOf !== undefined) steps.push(['dropMessagesOf', unit.dropMessagesOf]);
}

function encodeSecret({ user, name, revision, doc }: Secret): Step {
  return ['putSecret', user, name, revision, 'expiresAt' in doc ? doc.expiresAt : null, JSON.stringify(doc)];
}

function encodeToken(token: Token): Step {
  const { hash, id, user = null, client = null, dialect, use, signedIn, rights, createdAt, expiresAt = null } = token;
  const written = JSON.stringify(rights);
  return ['putToken', hash, id, user, client, dialect, use, signedIn ? 1 : 0, written, createdAt, expiresAt];
}

function encodeMessage({ id, realm, user, channel, to, createdAt, state, sealed }: Message): Step {
  return ['putMessage', id, realm, user, channel, to, createdAt, state, sealed];
}

function encodeRecord({ dialect, kind, id, realm, owner, version, doc }: DialectRecord): Step {
  return ['putRecord', dialect, kind, id, realm, owner ?? null, version, JSON.stringify(doc)];
}

function encodeChange(change: Change): Pick<EncodedUnit, 'change' | 'changeValues'> {
  const { subject, version, realm, at, changes, salt, valuesDigest, previous, digest, ...skeleton } = change;
  const row = [subject.kind === 'user' ? 0 : 1, subject.key, version, realm, at, JSON.stringify(skeleton)];
  const encoded = { change: [...row, valuesDigest, previous, digest] };
  if (changes === undefined || salt === undefined) return encoded;
  return { ...encoded, changeValues: [salt, JSON.stringify(changes)] };
}

function subjectsOf(unit: Unit): number[] {
  const users = [...usersOf(unit)];
  return unit.realm ? [...users, -unit.realm.after.key] : users;
}

/** A canonical integer below 2^53 is kept as a number: it is shorter, and free numbers are found by its order. */
export function identifierValue(value: string): string | number {
  return /^(0|[1-9]\d{0,15})$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
