CREATE TABLE metadata (
  user INTEGER NOT NULL,
  key TEXT NOT NULL,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  value BLOB NOT NULL, -- last: what stands before it is read without it
  PRIMARY KEY (user, key)
) STRICT;

CREATE INDEX metadata_by_key ON metadata (key);
