import { systemActor, type Via } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { createUser } from '#core/commands/create-user.ts';
import { grantOwnership, ownerRecord } from '#core/commands/grant-ownership.ts';
import { setPassword } from '#core/commands/set-password.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { PasswordInput } from '#core/commands/user-input.ts';
import type { Directory } from '#core/directory.ts';
import { nameKey } from '#core/names.ts';
import type { Hasher, Random, Store } from '#core/ports.ts';
import { recordKey } from '#core/ports.ts';
import type { PasswordRules, RealmKey } from '#core/realm.ts';
import { hashToken, newToken } from '#core/token.ts';
import type { User, UserKey } from '#core/user.ts';

/** What the environment says of the administrator. */
export interface GivenAdministrator {
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
}

/** The administrator as it is to be printed, once: what was given is not repeated. */
export interface FirstAdministrator {
  readonly username: string;
  readonly password?: string;
  readonly token?: string;
}

export interface FirstStartPorts {
  readonly store: Store;
  readonly directory: Directory;
  readonly hasher: Hasher;
  readonly random: Random;
  /** Each dialect's id of the first realm: its number, a guid, or a short name. */
  readonly realmIds: Readonly<Record<string, 'number' | 'guid' | 'name'>>;
}

const firstRealm: RealmKey = 1;
const via: Via = { dialect: 'start' };

/** Whoever runs the server decides what its password is. */
const noRules: PasswordRules = { minLength: 1, maxLength: 200 };

/**
 * Makes the first realm and its owner when there are none yet, and answers what is to be printed of it; later it takes
 * over what the environment has changed, as a recorded change, and answers undefined. Safe to be cut off anywhere.
 */
export async function firstStart(
  given: GivenAdministrator,
  ports: FirstStartPorts,
): Promise<FirstAdministrator | undefined> {
  await ensureRealm(ports);
  const { records } = await ports.store.load({ records: [ownerRecord] });
  const owner = records.get(recordKey(ownerRecord))?.owner;
  if (owner === undefined) return await makeOwner(given, ports);
  await takeOver(given, owner, ports);
  return undefined;
}

async function ensureRealm({ store, directory, random, realmIds }: FirstStartPorts): Promise<void> {
  const { realms } = await store.load({ realms: [firstRealm] });
  if (realms.has(firstRealm)) return;
  const [key, guid] = [await store.allocate('realm', 1), random.uuid()];
  const idIn = { number: String(key), guid, name: 'MAIN' };
  const ids = Object.fromEntries(Object.entries(realmIds).map(([dialect, scheme]) => [dialect, idIn[scheme]]));
  const fields = { name: 'main', language: 'en', region: 'US', timeZone: 'UTC' };
  await directory.as(systemActor, via).run(createRealm, { key, ids, fields });
}

async function makeOwner(given: GivenAdministrator, ports: FirstStartPorts): Promise<FirstAdministrator> {
  const { store, directory, random } = ports;
  const username = given.username ?? 'admin';
  const password = given.password ?? Buffer.from(random.bytes(12)).toString('base64url');
  const token = given.token ?? newToken(random);
  const half = (await store.load({ names: [nameKey(username)] })).names.get(nameKey(username));
  const user = half ?? (await makeUser(username, directory));
  const system = directory.as(systemActor, via);
  await system.run(setPassword, { user, password: passwordInput(password) });
  await system.run(grantOwnership, { user, tokenHash: hashToken(token) });
  return {
    username,
    ...(given.password === undefined ? { password } : {}),
    ...(given.token === undefined ? { token } : {}),
  };
}

async function makeUser(username: string, directory: Directory): Promise<UserKey> {
  const patch = { username, 'profile.displayName': 'Administrator', administers: ['directory'] };
  const input = { realm: firstRealm, kind: 'human', patch } as const;
  const { user } = await directory.as(systemActor, via).run(createUser, input);
  if (user === undefined) throw new Error('the first administrator could not be made');
  return user.key;
}

async function takeOver(given: GivenAdministrator, key: UserKey, ports: FirstStartPorts): Promise<void> {
  const { store, directory, hasher } = ports;
  const loaded = await store.load({ users: [key], secretsOf: [key] });
  const owner = loaded.users.get(key) as User;
  const system = directory.as(systemActor, via);
  const patch = given.username === undefined ? {} : { username: given.username };
  if (owner.fields.username !== given.username) await system.run(updateUser, { user: key, patch });
  if (given.token !== undefined) await system.run(grantOwnership, { user: key, tokenHash: hashToken(given.token) });
  if (given.password === undefined) return;
  const hash = loaded.secrets.get(key)?.find(({ name }) => name === 'password')?.doc as { hash: string } | undefined;
  if (hash !== undefined && (await hasher.verify(hash.hash, given.password))) return;
  await system.run(setPassword, { user: key, password: passwordInput(given.password) });
}

function passwordInput(plain: string): PasswordInput {
  return { set: { plain }, rules: noRules, lockAfterAttempts: 0 };
}
