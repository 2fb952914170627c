import { setTimeout as sleep } from 'node:timers/promises';
import { systemActor, type Via } from '#core/actor.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { foundOwner } from '#core/commands/found-owner.ts';
import { grantOwnership, type Ownership, ownerRecord } from '#core/commands/grant-ownership.ts';
import { updateUser } from '#core/commands/update-user.ts';
import type { PasswordInput } from '#core/commands/user-input.ts';
import type { Directory } from '#core/directory.ts';
import { DirectoryError } from '#core/errors.ts';
import { type DialectRecord, type Random, recordKey, type Sealer, type Store } from '#core/ports.ts';
import type { PasswordRules, RealmKey } from '#core/realm.ts';
import { hashToken, newToken } from '#core/token.ts';
import type { UserKey } from '#core/user.ts';

/** What the environment says of the administrator. */
export interface GivenAdministrator {
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
}

/** The administrator as it is to be shown, once: what was given is not repeated. */
export interface FirstAdministrator {
  readonly username: string;
  readonly password?: string;
  readonly token?: string;
  /**
   * To be called once it has been shown; until then the next start makes up another password and token, and shows
   * those. False when another process has done so meanwhile: what was shown opens nothing.
   */
  announced(): Promise<boolean>;
  /** To be called when nobody is going to show it: the next start need not wait for that. */
  abandoned(): Promise<boolean>;
}

export interface FirstStartPorts {
  readonly store: Store;
  readonly directory: Directory;
  readonly sealer: Sealer;
  readonly random: Random;
  /** Each dialect's id of the first realm: its number, a guid, or a short name. */
  readonly realmIds: Readonly<Record<string, 'number' | 'guid' | 'name'>>;
  /** How long another process is given to show what it has made; it is known to have been cut off when it is longer. */
  readonly patienceMs?: number;
}

const firstRealm: RealmKey = 1;
const via: Via = { dialect: 'start' };
const patienceMs = 10_000;
const lookEveryMs = 100;

/** Whoever runs the server decides what its password is. */
const noRules: PasswordRules = { minLength: 1, maxLength: 200 };

/**
 * Makes the first realm and its owner when there are none yet, and answers what is to be shown of it. Later it takes
 * over what has changed in the environment since, as a recorded change, and answers undefined. Safe to be cut off
 * anywhere, and to be done by several processes at once: one makes the owner, the others wait until it has shown it.
 */
export async function firstStart(
  given: GivenAdministrator,
  ports: FirstStartPorts,
): Promise<FirstAdministrator | undefined> {
  const isFirst = await ensureRealm(ports);
  for (let record = isFirst ? undefined : await settledRecord(ports); ; record = await settledRecord(ports)) {
    try {
      return await startOver(record, given, ports);
    } catch (error) {
      // Several that have waited for one that was cut off go on together.
      if ((await ownersRecord(ports))?.version === record?.version) throw error;
    }
  }
}

async function startOver(
  record: DialectRecord | undefined,
  given: GivenAdministrator,
  ports: FirstStartPorts,
): Promise<FirstAdministrator | undefined> {
  if (record?.owner === undefined) return await makeOwner(given, ports);
  const ownership = record.doc as unknown as Ownership;
  refuseOtherKey(ownership, ports.sealer);
  if (!ownership.announced) return await makeAnew(given, record.owner, record.version, ports);
  await takeOver(given, record.owner, ownership, ports);
  return undefined;
}

async function ownersRecord({ store }: FirstStartPorts): Promise<DialectRecord | undefined> {
  return (await store.load({ records: [ownerRecord] })).records.get(recordKey(ownerRecord));
}

/** The owner's record once it has been announced, or once nobody can be at it any more. */
async function settledRecord(ports: FirstStartPorts): Promise<DialectRecord | undefined> {
  const patience = ports.store.news === undefined ? 0 : (ports.patienceMs ?? patienceMs);
  let record = await ownersRecord(ports);
  for (let waited = 0; waited < patience && !isSettled(record); waited += lookEveryMs) {
    await sleep(lookEveryMs);
    const now = await ownersRecord(ports);
    if (now?.version !== record?.version) waited = 0;
    record = now;
  }
  return record;
}

function isSettled(record: DialectRecord | undefined): boolean {
  const { announced, abandoned } = (record?.doc ?? {}) as Partial<Ownership>;
  return announced === true || abandoned === true;
}

/** Under another key nothing that was sealed opens, and nothing that was digested compares. */
function refuseOtherKey({ check }: Ownership, sealer: Sealer): void {
  try {
    sealer.open(check, checkPurpose);
  } catch (cause) {
    const message = 'The secret key is not the one that this store was made with: give that one as MUSTER_SECRET_KEY.';
    throw new DirectoryError('failed_precondition', message, { reason: 'store_unavailable', cause });
  }
}

/** Whether this has made it: of several processes at once, one has. */
async function ensureRealm({ store, directory, random, realmIds }: FirstStartPorts): Promise<boolean> {
  const { realms } = await store.load({ realms: [firstRealm] });
  if (realms.has(firstRealm)) return false;
  const [key, guid] = [firstRealm, random.uuid()];
  const idIn = { number: String(key), guid, name: 'MAIN' };
  const ids = Object.fromEntries(Object.entries(realmIds).map(([dialect, scheme]) => [dialect, idIn[scheme]]));
  const fields = { name: 'main', language: 'en', region: 'US', timeZone: 'UTC' };
  const { changed } = await directory.as(systemActor, via).run(createRealm, { key, ids, fields });
  return changed;
}

/** What the owner signs in with: what was given, and what is made up for the rest. */
function credentials(given: GivenAdministrator, random: Random): Required<GivenAdministrator> {
  return {
    username: given.username ?? 'admin',
    password: given.password ?? Buffer.from(random.bytes(12)).toString('base64url'),
    token: given.token ?? newToken(random),
  };
}

async function makeOwner(given: GivenAdministrator, ports: FirstStartPorts): Promise<FirstAdministrator> {
  const made = credentials(given, ports.random);
  const { user } = await ports.directory.as(systemActor, via).run(foundOwner, {
    realm: firstRealm,
    kind: 'human',
    patch: { username: made.username, 'profile.displayName': 'Administrator', administers: ['directory'] },
    password: passwordInput(made.password),
    ownership: ownershipOf(made.token, given, false, ports),
  });
  if (user === undefined) throw new Error('the first administrator could not be made');
  return toAnnounce(made, given, user.key, 1, ports);
}

/** Whoever started the server was cut off before it could show what it had made up: nobody knows that by now. */
async function makeAnew(
  given: GivenAdministrator,
  user: UserKey,
  ifRecord: number,
  ports: FirstStartPorts,
): Promise<FirstAdministrator> {
  const made = credentials(given, ports.random);
  const system = ports.directory.as(systemActor, via);
  // First of all, so that of several processes one alone goes on.
  const ownership = ownershipOf(made.token, given, false, ports);
  const { result: record } = await system.run(grantOwnership, { user, ownership, ifRecord });
  const patch = { username: made.username };
  await system.run(updateUser, { user, patch, password: passwordInput(made.password) });
  return toAnnounce(made, given, user, record, ports);
}

function toAnnounce(
  { username, password, token }: Required<GivenAdministrator>,
  given: GivenAdministrator,
  user: UserKey,
  ifRecord: number,
  ports: FirstStartPorts,
): FirstAdministrator {
  const settle = async (ownership: Ownership): Promise<boolean> => {
    try {
      await ports.directory.as(systemActor, via).run(grantOwnership, { user, ownership, ifRecord });
      return true;
    } catch (error) {
      if (error instanceof DirectoryError && error.code === 'aborted') return false;
      throw error;
    }
  };
  return {
    username,
    ...(given.password === undefined ? { password } : {}),
    ...(given.token === undefined ? { token } : {}),
    announced: () => settle(ownershipOf(token, given, true, ports)),
    abandoned: () => settle({ ...ownershipOf(token, given, false, ports), abandoned: true }),
  };
}

/** What the environment says now, and did not when it was last taken over, replaces what there is. */
async function takeOver(
  given: GivenAdministrator,
  user: UserKey,
  before: Ownership,
  ports: FirstStartPorts,
): Promise<void> {
  const { username, password, token } = changedSince(before, given, ports.sealer);
  const system = ports.directory.as(systemActor, via);
  const patch = username === undefined ? {} : { username };
  const set = password === undefined ? {} : { password: passwordInput(password) };
  await system.run(updateUser, { user, patch, ...set });
  const tokenHash = token === undefined ? before.tokenHash : hashToken(token);
  const digests = { ...before.given, ...digestsOf(given, ports.sealer) };
  await system.run(grantOwnership, { user, ownership: { ...before, tokenHash, given: digests } });
}

function changedSince(before: Ownership, given: GivenAdministrator, sealer: Sealer): GivenAdministrator {
  const changed = Object.entries(given).filter(
    ([name, value]) => !sealer.macs(value, givenPurpose(name)).includes(before.given[name] ?? ''),
  );
  return Object.fromEntries(changed);
}

function ownershipOf(
  token: string,
  given: GivenAdministrator,
  announced: boolean,
  { sealer }: FirstStartPorts,
): Ownership {
  const check = sealer.seal('muster', checkPurpose);
  return { tokenHash: hashToken(token), given: digestsOf(given, sealer), announced, check };
}

function digestsOf(given: GivenAdministrator, sealer: Sealer): Record<string, string> {
  const digests = Object.entries(given).map(([name, value]) => [name, sealer.macs(value, givenPurpose(name))[0]]);
  return Object.fromEntries(digests);
}

const checkPurpose = 'check';
const givenPurpose = (name: string): string => `environment/${name}`;

function passwordInput(plain: string): PasswordInput {
  return { set: { plain }, rules: noRules, lockAfterAttempts: 0 };
}
