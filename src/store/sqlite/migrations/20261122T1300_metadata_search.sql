-- Users are found by their metadata: by keys as fold_text (core/searched-text.ts) has them, and by whole values.
CREATE TABLE found_metadata (
  user INTEGER NOT NULL,
  key TEXT NOT NULL,
  folded TEXT NOT NULL, -- the key
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  value BLOB NOT NULL, -- last: what stands before it is read without it
  PRIMARY KEY (user, key)
) STRICT;
INSERT INTO found_metadata SELECT user, key, fold_text(key), created_at, changed_at, value FROM metadata;
DROP TABLE metadata;
ALTER TABLE found_metadata RENAME TO metadata;

CREATE INDEX metadata_by_key ON metadata (folded, key, user);
CREATE INDEX metadata_by_value ON metadata (substr(value, 1, 64), length(value), folded);
