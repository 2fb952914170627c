import { base64s, bigints, bytes, texts } from './arrays.ts';

/** Column by column, what a statement writes: the rows of many units at once. */
export type Column = keyof typeof arrays;

const arrays = { bigint: bigints, text: texts, bytea: bytes, base64: base64s, flag: bigints } as const;
const sqlTypes = { bigint: 'bigint', text: 'text', bytea: 'bytea', base64: 'bytea', flag: 'bigint' } as const;

/** A statement that writes rows of a table, for as many units as there are. */
export interface WriteStatement {
  /** The columns of its rows, `d`, in order. */
  readonly columns: Readonly<Record<string, keyof typeof sqlTypes>>;
  /** `{d}` stands for the rows. */
  readonly sql: string;
  /** What is done about rows that are there already; without it, they fail the statement. */
  readonly onConflict?: string;
  /** The first columns, which tell its rows from each other: to be returned of what was written. */
  readonly returning?: readonly string[];
}

const contact = 'last_login_at = CASE WHEN d.is_active = 1 THEN d.last_login_at ELSE u.last_login_at END';

/** Everything that units may write, in the order in which it is written. */
export const writeStatements = {
  writeUsers: {
    columns: {
      key: 'bigint',
      before: 'bigint',
      revision: 'bigint',
      version: 'bigint',
      digest: 'bytea',
      changed_at: 'text',
      fields: 'text',
      state: 'text',
      username: 'text',
      login_names: 'text',
      administers: 'text',
      is_active: 'flag',
      last_login_at: 'text',
      failed_attempts: 'bigint',
    },
    sql: `UPDATE users u SET version = coalesce(d.version, u.version), revision = u.revision + 1,
        digest = coalesce(d.digest, u.digest), changed_at = coalesce(d.changed_at, u.changed_at),
        fields = coalesce(d.fields, u.fields), state = coalesce(d.state, u.state),
        username = coalesce(d.username, u.username),
        login_names = CASE WHEN d.version IS NULL THEN u.login_names ELSE d.login_names::json END,
        administers = CASE WHEN d.version IS NULL THEN u.administers ELSE d.administers::json END,
        ${contact}, failed_attempts = coalesce(d.failed_attempts, u.failed_attempts)
      FROM {d} WHERE u.key = d.key AND (d.before IS NULL OR u.version = d.before)
        AND (d.revision IS NULL OR u.revision = d.revision)`,
    returning: ['u.key'],
  },
  insertUsers: {
    columns: {
      key: 'bigint',
      realm: 'bigint',
      kind: 'bigint',
      version: 'bigint',
      digest: 'bytea',
      created_at: 'text',
      changed_at: 'text',
      ids: 'text',
      fields: 'text',
      state: 'text',
      username: 'text',
      login_names: 'text',
      administers: 'text',
      last_login_at: 'text',
      failed_attempts: 'bigint',
    },
    sql: `INSERT INTO users (key, realm, kind, version, revision, digest, created_at, changed_at, ids, fields, state,
        username, login_names, administers, last_login_at, failed_attempts)
      SELECT key, realm, kind, version, 1, digest, created_at, changed_at, ids::json, fields, state, username,
        login_names::json, administers::json, last_login_at, failed_attempts FROM {d}`,
    onConflict: 'DO NOTHING',
    returning: ['key'],
  },
  insertIdentifiers: {
    columns: { dialect: 'text', value: 'text', user: 'bigint' },
    sql: `INSERT INTO identifiers (dialect, value, "user") SELECT dialect, value, "user" FROM {d}`,
    onConflict: 'DO NOTHING',
    returning: ['dialect', 'value'],
  },
  insertRealms: {
    columns: {
      key: 'bigint',
      version: 'bigint',
      digest: 'bytea',
      created_at: 'text',
      changed_at: 'text',
      ids: 'text',
      fields: 'text',
    },
    sql: `INSERT INTO realms (key, version, digest, created_at, changed_at, ids, fields)
      SELECT key, version, digest, created_at, changed_at, ids, fields FROM {d}`,
    onConflict: 'DO NOTHING',
    returning: ['key'],
  },
  updateRealms: {
    columns: {
      key: 'bigint',
      before: 'bigint',
      version: 'bigint',
      digest: 'bytea',
      changed_at: 'text',
      ids: 'text',
      fields: 'text',
    },
    sql: `UPDATE realms r SET version = d.version, digest = d.digest, changed_at = d.changed_at, ids = d.ids,
        fields = d.fields
      FROM {d} WHERE r.key = d.key AND r.version = d.before`,
    returning: ['r.key'],
  },
  putRealmIdentifiers: {
    columns: { dialect: 'text', value: 'text', realm: 'bigint' },
    sql: `INSERT INTO realm_identifiers AS i (dialect, value, realm) SELECT dialect, value, realm FROM {d}
      ON CONFLICT (dialect, value) DO UPDATE SET realm = excluded.realm WHERE i.realm = excluded.realm`,
    returning: ['dialect', 'value'],
  },
  removeNames: {
    columns: { key: 'text', user: 'bigint' },
    sql: 'DELETE FROM names n USING {d} WHERE n.key = d.key AND n."user" = d."user"',
  },
  addNames: {
    columns: { key: 'text', algorithm: 'bigint', user: 'bigint' },
    sql: `INSERT INTO names AS n (key, algorithm, "user") SELECT key, algorithm, "user" FROM {d}`,
    onConflict: '(key) DO UPDATE SET algorithm = excluded.algorithm WHERE n."user" = excluded."user"',
    returning: ['key'],
  },
  removeEmails: {
    columns: { key: 'text', user: 'bigint' },
    sql: 'DELETE FROM emails e USING {d} WHERE e.key = d.key AND e."user" = d."user"',
  },
  addEmails: {
    columns: { key: 'text', user: 'bigint' },
    sql: 'INSERT INTO emails (key, "user") SELECT key, "user" FROM {d} ON CONFLICT DO NOTHING',
  },
  dropSecrets: {
    columns: { user: 'bigint', name: 'text' },
    sql: 'DELETE FROM secrets s USING {d} WHERE s."user" = d."user" AND s.name = d.name',
  },
  dropTokens: {
    columns: { hash: 'bytea' },
    sql: `DELETE FROM tokens t USING {d} WHERE t.hash = d.hash`,
    returning: ["encode(t.hash, 'hex') AS hash"],
  },
  dropTokensOf: {
    columns: { user: 'bigint', all: 'flag', credential: 'text' },
    sql: `DELETE FROM tokens t USING {d} WHERE t."user" = d."user"
        AND (d."all" = 1 OR CASE WHEN d.credential IS NULL THEN t.signed_in = 1 ELSE t.credential = d.credential END)`,
  },
  dropTokensOfClient: {
    columns: { dialect: 'text', client: 'text' },
    sql: 'DELETE FROM tokens t USING {d} WHERE t.dialect = d.dialect AND t.client = d.client',
  },
  dropRecords: {
    columns: { dialect: 'text', kind: 'text', id: 'text' },
    sql: 'DELETE FROM records r USING {d} WHERE r.dialect = d.dialect AND r.kind = d.kind AND r.id = d.id',
  },
  dropRecordsOf: {
    columns: { owner: 'bigint' },
    sql: 'DELETE FROM records r USING {d} WHERE r.owner = d.owner',
  },
  dropMessagesOf: {
    columns: { user: 'bigint' },
    sql: 'DELETE FROM messages m USING {d} WHERE m."user" = d."user"',
  },
  dropMetadata: {
    columns: { user: 'bigint', key: 'text' },
    sql: 'DELETE FROM metadata m USING {d} WHERE m."user" = d."user" AND m.key = d.key',
  },
  dropMetadataOf: {
    columns: { user: 'bigint' },
    sql: 'DELETE FROM metadata m USING {d} WHERE m."user" = d."user"',
  },
  putSecrets: {
    columns: { user: 'bigint', name: 'text', revision: 'bigint', expires_at: 'text', doc: 'text' },
    sql: `INSERT INTO secrets ("user", name, revision, expires_at, doc)
      SELECT "user", name, revision, expires_at, doc FROM {d}
      ON CONFLICT ("user", name) DO UPDATE SET revision = excluded.revision, expires_at = excluded.expires_at,
        doc = excluded.doc`,
  },
  putTokens: {
    columns: {
      hash: 'bytea',
      id: 'text',
      user: 'bigint',
      client: 'text',
      credential: 'text',
      dialect: 'text',
      use: 'text',
      signed_in: 'flag',
      rights: 'text',
      created_at: 'text',
      expires_at: 'text',
    },
    sql: `INSERT INTO tokens AS t (hash, id, "user", client, credential, dialect, use, signed_in, rights, created_at,
        expires_at)
      SELECT hash, id, "user", client, credential, dialect, use, signed_in, rights, created_at, expires_at FROM {d}
      ON CONFLICT (hash) DO UPDATE SET id = excluded.id, credential = excluded.credential,
        dialect = excluded.dialect, use = excluded.use, signed_in = excluded.signed_in, rights = excluded.rights, created_at = excluded.created_at,
        expires_at = excluded.expires_at
      WHERE t."user" IS NOT DISTINCT FROM excluded."user" AND t.client IS NOT DISTINCT FROM excluded.client`,
    returning: ["encode(hash, 'hex') AS hash"],
  },
  putMessages: {
    columns: {
      id: 'text',
      realm: 'bigint',
      user: 'bigint',
      channel: 'text',
      recipient: 'text',
      created_at: 'text',
      expires_at: 'text',
      sealed: 'text',
    },
    sql: `INSERT INTO messages (id, realm, "user", channel, recipient, created_at, expires_at, state, sealed, next_at)
      SELECT id, realm, "user", channel, recipient, created_at, expires_at, 'waiting', sealed, created_at FROM {d}
      ON CONFLICT (id) DO UPDATE SET realm = excluded.realm, "user" = excluded."user", channel = excluded.channel,
        recipient = excluded.recipient, created_at = excluded.created_at, expires_at = excluded.expires_at,
        state = excluded.state, sealed = excluded.sealed, attempts = 0, next_at = excluded.next_at, claim = NULL,
        last_error = NULL`,
  },
  putMetadata: {
    columns: { user: 'bigint', key: 'text', folded: 'text', created_at: 'text', changed_at: 'text', value: 'base64' },
    sql: `INSERT INTO metadata ("user", key, folded, created_at, changed_at, value)
      SELECT "user", key, folded, created_at, changed_at, value FROM {d}
      ON CONFLICT ("user", key) DO UPDATE SET created_at = excluded.created_at, changed_at = excluded.changed_at,
        value = excluded.value`,
  },
  putRecords: {
    columns: {
      dialect: 'text',
      kind: 'text',
      id: 'text',
      realm: 'bigint',
      owner: 'bigint',
      version: 'bigint',
      doc: 'text',
    },
    sql: `INSERT INTO records AS r (dialect, kind, id, realm, owner, version, doc)
      SELECT dialect, kind, id, realm, owner, version, doc FROM {d}
      ON CONFLICT (dialect, kind, id) DO UPDATE SET realm = excluded.realm, owner = excluded.owner,
        version = excluded.version, doc = excluded.doc WHERE r.version < excluded.version`,
    returning: ['dialect', 'kind', 'id'],
  },
  dropExpiredIdempotency: {
    columns: { scope: 'text', now: 'text' },
    sql: 'DELETE FROM idempotency i USING {d} WHERE i.scope = d.scope AND i.expires_at <= d.now',
  },
  putIdempotency: {
    columns: { scope: 'text', input: 'text', outcome: 'text', expires_at: 'text' },
    sql: 'INSERT INTO idempotency (scope, input, outcome, expires_at) SELECT scope, input, outcome, expires_at FROM {d}',
    onConflict: 'DO NOTHING',
    returning: ['scope'],
  },
} as const satisfies Record<string, WriteStatement>;

export type WriteName = keyof typeof writeStatements;

/** Written last, with the head of the feed locked: changes get the numbers behind it, in their order. */
export const changeColumns = {
  subject_kind: 'bigint',
  subject: 'bigint',
  version: 'bigint',
  realm: 'bigint',
  at: 'text',
  skeleton: 'text',
  values_digest: 'bytea',
  previous: 'bytea',
  digest: 'bytea',
  salt: 'text',
  values: 'text',
} as const satisfies WriteStatement['columns'];

export const revocationColumns = { kind: 'text', value: 'text' } as const satisfies WriteStatement['columns'];

/** `unnest($1::bigint[], $2::text[]) AS d(a, b)`. */
export function rowsFrom(columns: WriteStatement['columns'], { from = 1, numbered = false } = {}): string {
  const parameters = Object.values(columns).map((type, index) => `$${from + index}::${sqlTypes[type]}[]`);
  const names = Object.keys(columns).map((name) => `"${name}"`);
  const ordinality = numbered ? ' WITH ORDINALITY' : '';
  return `unnest(${parameters.join(', ')})${ordinality} AS d(${[...names, ...(numbered ? ['place'] : [])].join(', ')})`;
}

export type Value = string | number | null;

/** The rows as the parameters of `rowsFrom`. */
export function parametersOf(columns: WriteStatement['columns'], rows: readonly (readonly Value[])[]): Buffer[] {
  return Object.values(columns).map((type, index) => {
    const values = rows.map((row) => row[index] ?? null);
    return (arrays[type] as (values: readonly Value[]) => Buffer)(values);
  });
}
