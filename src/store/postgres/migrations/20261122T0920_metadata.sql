CREATE TABLE metadata (
  "user" bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  created_at text NOT NULL,
  changed_at text NOT NULL,
  value bytea NOT NULL,
  PRIMARY KEY ("user", key)
);

CREATE INDEX metadata_by_key ON metadata (key);
