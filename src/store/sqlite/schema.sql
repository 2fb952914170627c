-- Generated from migrations/ by the test beside it; do not edit.

CREATE TABLE activity (
  user INTEGER PRIMARY KEY,
  last_login_at TEXT,
  failed_attempts INTEGER NOT NULL
) STRICT;

CREATE TABLE change_runs (
  subject_kind INTEGER NOT NULL CHECK (subject_kind IN (0, 1)), -- 0 user, 1 realm
  subject INTEGER NOT NULL,
  run INTEGER NOT NULL, -- of the versions 16 * run + 1 to 16 * run + 16
  numbers TEXT NOT NULL, -- in the feed, separated by commas
  PRIMARY KEY (subject_kind, subject, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE change_values (
  n INTEGER PRIMARY KEY,
  salt TEXT NOT NULL,
  "values" TEXT NOT NULL
) STRICT;

CREATE TABLE changes (
  n INTEGER PRIMARY KEY,
  subject_kind INTEGER NOT NULL CHECK (subject_kind IN (0, 1)), -- 0 user, 1 realm
  subject INTEGER NOT NULL,
  version INTEGER NOT NULL,
  realm INTEGER NOT NULL,
  at TEXT NOT NULL,
  skeleton TEXT NOT NULL,
  values_digest BLOB NOT NULL CHECK (length(values_digest) = 32),
  previous BLOB NOT NULL CHECK (length(previous) IN (0, 32)),
  digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE TABLE emails (
  key TEXT NOT NULL,
  user INTEGER NOT NULL,
  PRIMARY KEY (key, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_heads (
  stream INTEGER PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency (
  scope TEXT PRIMARY KEY,
  input TEXT NOT NULL,
  outcome TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE TABLE identifiers (
  dialect TEXT NOT NULL,
  value ANY NOT NULL,
  user INTEGER NOT NULL,
  PRIMARY KEY (dialect, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  realm INTEGER NOT NULL,
  user INTEGER NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  created_at TEXT NOT NULL,
  state TEXT NOT NULL,
  sealed TEXT NOT NULL
, expires_at TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0, next_at TEXT NOT NULL DEFAULT '', claim TEXT, last_error TEXT) STRICT;

CREATE INDEX messages_by_realm ON messages (realm, created_at);

CREATE INDEX messages_by_time ON messages (created_at);

CREATE INDEX messages_by_user ON messages (user);

CREATE INDEX messages_waiting ON messages (channel, next_at) WHERE state = 'waiting';

CREATE TABLE "metadata" (
  user INTEGER NOT NULL,
  key TEXT NOT NULL,
  folded TEXT NOT NULL, -- the key
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  value BLOB NOT NULL, -- last: what stands before it is read without it
  PRIMARY KEY (user, key)
) STRICT;

CREATE INDEX metadata_by_key ON metadata (folded, key, user);

CREATE INDEX metadata_by_value ON metadata (substr(value, 1, 64), length(value), folded);

CREATE TABLE migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE names (
  key TEXT PRIMARY KEY COLLATE BINARY,
  algorithm INTEGER NOT NULL,
  user INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE realm_identifiers (
  dialect TEXT NOT NULL,
  value ANY NOT NULL,
  realm INTEGER NOT NULL,
  PRIMARY KEY (dialect, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE realms (
  key INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  ids TEXT NOT NULL,
  fields TEXT NOT NULL
, numbers TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE records (
  dialect TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  realm INTEGER NOT NULL,
  owner INTEGER,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (dialect, kind, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX records_by_owner ON records (owner) WHERE owner IS NOT NULL;

CREATE INDEX records_by_realm ON records (realm, kind);

CREATE TABLE secrets (
  user INTEGER NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  expires_at TEXT,
  doc TEXT NOT NULL,
  PRIMARY KEY (user, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX secrets_by_expiry ON secrets (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE sequences (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE "tokens" (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  id TEXT NOT NULL,
  user INTEGER, -- absent for a token that a client got for itself
  client TEXT,
  dialect TEXT NOT NULL,
  use TEXT NOT NULL,
  signed_in INTEGER NOT NULL CHECK (signed_in IN (0, 1)),
  rights TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT
, credential TEXT) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_by_client ON tokens (dialect, client) WHERE client IS NOT NULL;

CREATE INDEX tokens_by_expiry ON tokens (expires_at) WHERE expires_at IS NOT NULL;

CREATE UNIQUE INDEX tokens_by_id ON tokens (id);

CREATE INDEX tokens_by_user ON tokens (user) WHERE user IS NOT NULL;

CREATE TABLE users (
  key INTEGER PRIMARY KEY,
  realm INTEGER NOT NULL,
  kind INTEGER NOT NULL CHECK (kind IN (0, 1)), -- 0 human, 1 machine
  version INTEGER NOT NULL,
  deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  ids TEXT NOT NULL,
  fields TEXT NOT NULL
, numbers TEXT NOT NULL DEFAULT '', erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1))) STRICT;

CREATE INDEX users_to_erase ON users (changed_at) WHERE deleted = 1 AND erased = 0;
