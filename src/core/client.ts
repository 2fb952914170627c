import type { State } from './command.ts';
import type { Instant } from './instant.ts';
import type { DialectRecord, RecordId } from './ports.ts';
import type { RealmKey } from './realm.ts';

/** A client of a dialect's API: a program that its vendor's wire lets in by an id and a secret. */
export interface Client {
  readonly dialect: string;
  /** `client_id` on the wire; unique in its dialect. */
  readonly id: string;
  readonly realm: RealmKey;
  /** For people. */
  readonly name: string;
  /** The directory's own id of it, as an actor. */
  readonly guid: string;
  readonly secretHash: string;
  readonly createdAt: Instant;
}

/** The record that a client is kept in. */
export function clientRecord(dialect: string, id: string): RecordId {
  return { dialect, kind: 'client', id };
}

export function clientOf({ dialect, id, realm, doc }: DialectRecord): Client {
  return { dialect, id, realm, ...(doc as unknown as Pick<Client, 'name' | 'guid' | 'secretHash' | 'createdAt'>) };
}

export function findClient(state: State, dialect: string, id: string): Client | undefined {
  const record = state.record(dialect, 'client', id);
  return record && clientOf(record);
}
