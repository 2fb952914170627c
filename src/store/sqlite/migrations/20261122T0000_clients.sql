-- Tokens may be a client's own, then they have no user, and are found by their id.
CREATE TABLE new_tokens (
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
) STRICT, WITHOUT ROWID;
INSERT INTO new_tokens (hash, id, user, dialect, use, signed_in, rights, created_at, expires_at)
  SELECT hash, id, user, dialect, use, signed_in, rights, created_at, expires_at FROM tokens;
DROP TABLE tokens;
ALTER TABLE new_tokens RENAME TO tokens;
CREATE UNIQUE INDEX tokens_by_id ON tokens (id);
CREATE INDEX tokens_by_user ON tokens (user) WHERE user IS NOT NULL;
CREATE INDEX tokens_by_client ON tokens (dialect, client) WHERE client IS NOT NULL;
CREATE INDEX tokens_by_expiry ON tokens (expires_at) WHERE expires_at IS NOT NULL;

-- The records of one kind, such as the clients of an API, are listed by realm.
CREATE INDEX records_by_realm ON records (realm, kind);
