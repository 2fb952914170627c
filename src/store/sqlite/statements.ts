import { runLength } from './runs.ts';

/** A statement that writes one row of a unit. */
export interface WriteStatement {
  readonly sql: string;
  /** It changes exactly one row, or the unit has lost: a version has moved, a name or an id is taken. */
  readonly mustChange?: boolean;
  /** Its last parameter is the number in the feed of the change that comes with it, as text. */
  readonly numbered?: boolean;
}

const identifier = (parameter: number): string =>
  `iif(typeof(?${parameter}) = 'real', CAST(?${parameter} AS INTEGER), ?${parameter})`;

/** The numbers of a subject's last run with one more; with the first of a run the former ones have been put down. */
const numbersAfter = (version: number, number: number): string =>
  `iif((?${version} - 1) % ${runLength} = 0, '', numbers || ',') || ?${number}`;

/** Everything that a unit may write, by name. Numbers arrive as REAL; only an ANY column needs the cast. */
export const writeStatements = {
  insertUser: {
    sql: `INSERT INTO users (key, realm, kind, version, deleted, digest, created_at, changed_at, ids, fields, numbers)
      VALUES (?, ?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    mustChange: true,
    numbered: true,
  },
  updateUser: {
    sql: `UPDATE users SET version = ?2, deleted = ?3, digest = unhex(?4), changed_at = ?5, fields = ?6,
        numbers = ${numbersAfter(2, 8)}
      WHERE key = ?1 AND version = ?7`,
    mustChange: true,
    numbered: true,
  },
  putDownRunOfUser: {
    sql: `INSERT INTO change_runs (subject_kind, subject, run, numbers) SELECT 0, key, ?2, numbers FROM users
      WHERE key = ?1 AND version = ?3`,
  },
  putDownRunOfRealm: {
    sql: `INSERT INTO change_runs (subject_kind, subject, run, numbers) SELECT 1, key, ?2, numbers FROM realms
      WHERE key = ?1 AND version = ?3`,
  },
  insertIdentifier: {
    sql: `INSERT INTO identifiers (dialect, value, user) VALUES (?1, ${identifier(2)}, ?3) ON CONFLICT DO NOTHING`,
    mustChange: true,
  },
  insertRealm: {
    sql: `INSERT INTO realms (key, version, digest, created_at, changed_at, ids, fields, numbers)
      VALUES (?, ?, unhex(?), ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    mustChange: true,
    numbered: true,
  },
  updateRealm: {
    sql: `UPDATE realms SET version = ?2, digest = unhex(?3), changed_at = ?4, ids = ?5, fields = ?6,
        numbers = ${numbersAfter(2, 8)}
      WHERE key = ?1 AND version = ?7`,
    mustChange: true,
    numbered: true,
  },
  putRealmIdentifier: {
    sql: `INSERT INTO realm_identifiers (dialect, value, realm) VALUES (?1, ${identifier(2)}, ?3)
      ON CONFLICT DO UPDATE SET realm = excluded.realm WHERE realm = excluded.realm`,
    mustChange: true,
  },
  removeName: { sql: 'DELETE FROM names WHERE key = ? AND user = ?' },
  addName: {
    sql: `INSERT INTO names (key, algorithm, user) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET algorithm = excluded.algorithm WHERE user = excluded.user`,
    mustChange: true,
  },
  removeEmail: { sql: 'DELETE FROM emails WHERE key = ? AND user = ?' },
  addEmail: { sql: 'INSERT INTO emails (key, user) VALUES (?, ?) ON CONFLICT DO NOTHING' },
  insertChange: {
    sql: `INSERT INTO changes
        (subject_kind, subject, version, realm, at, skeleton, values_digest, previous, digest, n)
      VALUES (?, ?, ?, ?, ?, ?, unhex(?), unhex(?), unhex(?), ?)`,
    numbered: true,
  },
  insertChangeValues: { sql: 'INSERT INTO change_values (salt, "values", n) VALUES (?, ?, ?)', numbered: true },
  putActivity: {
    sql: `INSERT INTO activity (user, last_login_at, failed_attempts) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET last_login_at = excluded.last_login_at, failed_attempts = excluded.failed_attempts`,
  },
  dropSecret: { sql: 'DELETE FROM secrets WHERE user = ? AND name = ?' },
  putSecret: {
    sql: `INSERT INTO secrets (user, name, revision, expires_at, doc) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET revision = excluded.revision, expires_at = excluded.expires_at, doc = excluded.doc`,
  },
  dropToken: { sql: 'DELETE FROM tokens WHERE hash = unhex(?)', mustChange: true },
  dropTokensOf: { sql: 'DELETE FROM tokens WHERE user = ?' },
  dropSignedInTokensOf: { sql: 'DELETE FROM tokens WHERE user = ? AND signed_in = 1' },
  dropTokensOfCredential: { sql: 'DELETE FROM tokens WHERE user = ? AND credential = ?' },
  putToken: {
    sql: `INSERT INTO tokens (hash, id, user, client, credential, dialect, use, signed_in, rights, created_at, expires_at)
      VALUES (unhex(?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (hash) DO UPDATE SET id = excluded.id, credential = excluded.credential,
        dialect = excluded.dialect, use = excluded.use, signed_in = excluded.signed_in, rights = excluded.rights, created_at = excluded.created_at,
        expires_at = excluded.expires_at
      WHERE user IS excluded.user AND client IS excluded.client`,
    mustChange: true,
  },
  dropTokensOfClient: { sql: 'DELETE FROM tokens WHERE dialect = ? AND client = ?' },
  dropMessagesOf: { sql: 'DELETE FROM messages WHERE user = ?' },
  putMessage: {
    sql: `INSERT INTO messages (id, realm, user, channel, recipient, created_at, expires_at, state, sealed, next_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', ?8, ?6)
      ON CONFLICT (id) DO UPDATE SET realm = excluded.realm, user = excluded.user, channel = excluded.channel,
        recipient = excluded.recipient, created_at = excluded.created_at, expires_at = excluded.expires_at,
        state = excluded.state, sealed = excluded.sealed, attempts = 0, next_at = excluded.next_at, claim = NULL,
        last_error = NULL`,
  },
  dropMetadata: { sql: 'DELETE FROM metadata WHERE user = ? AND key = ?' },
  dropMetadataOf: { sql: 'DELETE FROM metadata WHERE user = ?' },
  putMetadata: {
    sql: `INSERT INTO metadata (user, key, folded, created_at, changed_at, value) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET created_at = excluded.created_at, changed_at = excluded.changed_at,
        value = excluded.value`,
  },
  putRecord: {
    sql: `INSERT INTO records (dialect, kind, id, realm, owner, version, doc) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET realm = excluded.realm, owner = excluded.owner, version = excluded.version,
        doc = excluded.doc WHERE version < excluded.version`,
    mustChange: true,
  },
  dropRecord: { sql: 'DELETE FROM records WHERE dialect = ? AND kind = ? AND id = ?' },
  dropRecordsOf: { sql: 'DELETE FROM records WHERE owner = ?' },
  putIdempotency: {
    sql: `INSERT INTO idempotency (scope, input, outcome, expires_at) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT DO UPDATE SET input = excluded.input, outcome = excluded.outcome, expires_at = excluded.expires_at
      WHERE expires_at <= ?5`,
    mustChange: true,
  },
} as const satisfies Record<string, WriteStatement>;

export type WriteName = keyof typeof writeStatements;
