import { sealChange, type UnsealedChange } from '#core/change.ts';
import { later } from '#core/instant.ts';
import type { Message, NewMessage } from '#core/message.ts';
import { nameAlgorithm, nameKey } from '#core/names.ts';
import { diff, type Fields } from '#core/patch.ts';
import type { HeldName, Store, Unit } from '#core/ports.ts';
import type { Realm } from '#core/realm.ts';
import type { Token } from '#core/token.ts';
import { namesOf, type User, type UserKey } from '#core/user.ts';

export const start = '2026-11-21T10:00:00.000Z';
const salt = Buffer.alloc(16, 7).toString('base64');

/** A unit that makes or changes a user; what else it writes is added beside. */
export type UserUnit = Unit & Required<Pick<Unit, 'user' | 'change'>>;

/** Creates a user who is called `user<key>`, unless `fields` say otherwise. */
export function creating(key: UserKey, fields: Fields = {}, ids: Readonly<Record<string, string>> = {}): UserUnit {
  const all: Fields = { username: `user${key}`, lifecycle: 'active', ...fields };
  const user = { key, realm: 1, kind: 'human' as const, ids, createdAt: start, activity: { failedAttempts: 0 } };
  return changing({ ...user, version: 0, digest: '', changedAt: start, fields: {} }, all);
}

/** Brings a user to these fields, with the change that records it and the names that follow from it. */
export function changing(user: User, fields: Fields, recorded: Partial<UnsealedChange> = {}): UserUnit {
  const version = user.version + 1;
  const changedAt = later(start, version);
  const change = sealChange({
    ...changeBy(user.version === 0 ? 'create-user' : 'update-user'),
    realm: user.realm,
    subject: { kind: 'user', key: user.key },
    version,
    at: changedAt,
    changes: diff(user.fields, fields),
    previous: user.digest,
    ...recorded,
  });
  const names = { before: namesOf(user.fields).map(nameKey), after: namesOf(fields).map(nameKey) };
  return {
    user: { after: { ...user, version, changedAt, fields, digest: change.digest }, before: user.version },
    change,
    addNames: names.after.filter((key) => !names.before.includes(key)).map(heldName),
    removeNames: names.before.filter((key) => !names.after.includes(key)),
  };
}

/** Brings a realm to its next version, with the change that records it. */
export function changingRealm(realm: Realm): Required<Pick<Unit, 'realm' | 'change'>> {
  const version = realm.version + 1;
  const change = sealChange({
    ...changeBy('update-realm'),
    realm: realm.key,
    subject: { kind: 'realm', key: realm.key },
    version,
    at: start,
    changes: { name: { before: null, after: realm.fields.name } },
    previous: realm.digest,
  });
  return { realm: { after: { ...realm, version, digest: change.digest }, before: realm.version }, change };
}

function changeBy(command: string): Pick<UnsealedChange, 'schema' | 'actor' | 'via' | 'command' | 'salt'> {
  return { schema: 1, actor: { kind: 'system', id: 'system', username: 'muster' }, via: 'directory', command, salt };
}

export const heldName = (key: string): HeldName => ({ key, algorithm: nameAlgorithm });

export function tokenOf(user: UserKey, number: number, more: Partial<Token> = {}): Token {
  const hash = number.toString(16).padStart(64, '0');
  const rights = { networks: [1, null], all: false };
  return {
    hash,
    id: `token ${number}`,
    user,
    dialect: 'devicehive',
    use: 'access',
    signedIn: true,
    rights,
    createdAt: start,
    ...more,
  };
}

/** The user as the store has it now. Fails when there is none. */
export async function userIn(store: Store, key: UserKey): Promise<User> {
  const user = (await store.load({ users: [key] })).users.get(key);
  if (!user) throw new Error(`There is no user ${key}.`);
  return user;
}

export function messageOf(user: UserKey, number: number, more: Partial<NewMessage> = {}): NewMessage {
  return {
    id: `message ${number}`,
    realm: 1,
    user,
    channel: 'email',
    to: 'mini@mouse.com',
    createdAt: later(start, number),
    expiresAt: later(start, number + 3_600_000),
    sealed: `sealed ${number}`,
    ...more,
  };
}

/** As it stands when nobody has tried to deliver it yet. */
export function waiting(message: NewMessage): Message {
  return { ...message, state: 'waiting', attempts: 0, nextAttemptAt: message.createdAt };
}
