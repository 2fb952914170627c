/** What a user is decoded from: the row with its activity. */
export const userColumns = `u.key, u.realm, u.kind, u.version, lower(hex(u.digest)) AS digest, u.created_at, u.changed_at,
  u.ids, u.fields, a.last_login_at, a.failed_attempts`;
export const userTables = 'users u LEFT JOIN activity a ON a.user = u.key';
export const realmColumns = 'key, version, lower(hex(digest)) AS digest, created_at, changed_at, ids, fields';
export const changeColumns = `c.n, c.subject_kind, c.subject, c.version, c.realm, c.at, c.skeleton,
  lower(hex(c.values_digest)) AS values_digest, lower(hex(c.previous)) AS previous, lower(hex(c.digest)) AS digest,
  v.salt, v."values"`;
export const changeTables = 'changes c LEFT JOIN change_values v ON v.n = c.n';
export const tokenColumns = `lower(hex(t.hash)) AS hash, t.id, t.user, t.client, t.credential, t.dialect, t.use, t.signed_in, t.rights, t.created_at,
  t.expires_at`;
export const messageColumns =
  'id, realm, user, channel, recipient, created_at, expires_at, state, sealed, attempts, next_at, last_error';
