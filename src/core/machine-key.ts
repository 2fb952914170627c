import type { State } from './command.ts';
import type { Instant } from './instant.ts';
import type { DialectRecord, RecordId } from './ports.ts';
import type { RealmKey } from './realm.ts';
import type { UserKey } from './user.ts';

/** A public key of a machine: what it signs with the private one is taken for its word. */
export interface MachineKey {
  /** The dialect that it was made for. */
  readonly dialect: string;
  readonly id: string;
  readonly realm: RealmKey;
  readonly user: UserKey;
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** The record that a key is kept in. */
export function keyRecord(dialect: string, id: string): RecordId {
  return { dialect, kind: 'key', id };
}

export function keyOf({ dialect, id, realm, owner, doc }: DialectRecord): MachineKey {
  const { publicKey, createdAt, expiresAt } = doc as unknown as MachineKey;
  return { dialect, id, realm, user: owner ?? 0, publicKey, createdAt, expiresAt };
}

/** The key of this user; undefined also for another user's. */
export function findKey(state: State, dialect: string, id: string, user: UserKey): MachineKey | undefined {
  const record = state.record(dialect, 'key', id);
  return record?.owner === user ? keyOf(record) : undefined;
}
