const hex = (column: string, name: string): string => `encode(${column}, 'hex') AS ${name}`;

/** PostgreSQL breaks the lines of base64. */
export const base64 = (column: string, name: string): string =>
  `translate(encode(${column}, 'base64'), E'\\n', '') AS ${name}`;

/** What rows are decoded from: see `rows.ts`. */
export const userColumns = `u.key, u.realm, u.kind, u.version, u.revision, ${hex('u.digest', 'digest')}, u.created_at,
  u.changed_at, u.ids, u.fields, u.last_login_at, u.failed_attempts`;
export const realmColumns = `key, version, ${hex('digest', 'digest')}, created_at, changed_at, ids, fields`;
export const changeColumns = `c.n, c.subject_kind, c.subject, c.version, c.realm, c.at, c.skeleton,
  ${hex('c.values_digest', 'values_digest')}, ${hex('c.previous', 'previous')}, ${hex('c.digest', 'digest')}, c.salt,
  c."values"`;
export const tokenColumns = `${hex('t.hash', 'hash')}, t.id, t."user", t.client, t.credential, t.dialect, t.use,
  t.signed_in, t.rights, t.created_at, t.expires_at`;
export const recordColumns = 'r.dialect, r.kind, r.id, r.realm, r.owner, r.version, r.doc';
export const messageColumns = `m.id, m.realm, m."user", m.channel, m.recipient, m.created_at, m.expires_at, m.state, m.sealed,
  m.attempts, m.next_at, m.last_error`;
