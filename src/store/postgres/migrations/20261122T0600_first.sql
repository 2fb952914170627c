-- Text that is compared is compared by its bytes, whatever the database's own collation.

CREATE TABLE users (
  key bigint PRIMARY KEY,
  realm bigint NOT NULL,
  kind smallint NOT NULL CHECK (kind IN (0, 1)), -- 0 human, 1 machine
  version bigint NOT NULL,
  revision bigint NOT NULL, -- counts all that has been written about the user
  digest bytea NOT NULL CHECK (length(digest) = 32),
  created_at text NOT NULL,
  changed_at text NOT NULL,
  ids json NOT NULL,
  fields text NOT NULL,
  -- What is searched, of the fields: whose JSON may hold what PostgreSQL's own functions refuse.
  state text NOT NULL,
  username text COLLATE "C" NOT NULL,
  login_names json,
  administers json,
  last_login_at text,
  failed_attempts bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80); -- so that an update finds room beside the row, and moves no index

CREATE TABLE identifiers (
  dialect text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  "user" bigint NOT NULL,
  PRIMARY KEY (dialect, value)
);

CREATE TABLE names (
  key text COLLATE "C" PRIMARY KEY,
  algorithm bigint NOT NULL,
  "user" bigint NOT NULL
);

CREATE TABLE realms (
  key bigint PRIMARY KEY,
  version bigint NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  created_at text NOT NULL,
  changed_at text NOT NULL,
  ids text NOT NULL,
  fields text NOT NULL
);

CREATE TABLE realm_identifiers (
  dialect text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  realm bigint NOT NULL,
  PRIMARY KEY (dialect, value)
);

CREATE TABLE changes (
  subject_kind smallint NOT NULL CHECK (subject_kind IN (0, 1)), -- 0 user, 1 realm
  subject bigint NOT NULL,
  version bigint NOT NULL,
  n bigint NOT NULL, -- the position in the feed, in the order of commit
  realm bigint NOT NULL,
  at text NOT NULL,
  skeleton text NOT NULL,
  values_digest bytea NOT NULL CHECK (length(values_digest) = 32),
  previous bytea NOT NULL CHECK (length(previous) IN (0, 32)),
  digest bytea NOT NULL CHECK (length(digest) = 32),
  -- Absent once a person has been erased: the digests verify without.
  salt text,
  "values" text,
  PRIMARY KEY (subject_kind, subject, version)
);

CREATE UNIQUE INDEX changes_by_position ON changes (n);

-- One row for each stream; a transaction locks it last, so that numbers are in the order of commit.
CREATE TABLE feed_heads (
  stream smallint PRIMARY KEY,
  n bigint NOT NULL,
  revocations bigint NOT NULL
);

INSERT INTO feed_heads (stream, n, revocations) VALUES (1, 0, 0);

-- Tokens that were dropped, for the processes that remember them; kept for an hour.
CREATE TABLE revocations (
  n bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL CHECK (kind IN ('token', 'user', 'client')),
  value text NOT NULL
);

CREATE INDEX revocations_by_number ON revocations (n);

CREATE INDEX revocations_by_time ON revocations (at);

-- A row for each transaction: whether it is there tells who lost the connection whether it has committed. Kept for an hour.
CREATE TABLE batches (
  id uuid PRIMARY KEY,
  n bigint, -- the head of the feed; absent when somebody made sure that it will not commit
  at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX batches_by_time ON batches (at);

CREATE TABLE sequences (
  name text COLLATE "C" PRIMARY KEY,
  next bigint NOT NULL
);

CREATE TABLE secrets (
  "user" bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  expires_at text COLLATE "C",
  doc text NOT NULL,
  PRIMARY KEY ("user", name)
);

CREATE INDEX secrets_by_expiry ON secrets (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE tokens (
  hash bytea PRIMARY KEY CHECK (length(hash) = 32),
  id text COLLATE "C" NOT NULL,
  "user" bigint, -- absent for a token that a client got for itself
  client text COLLATE "C",
  dialect text COLLATE "C" NOT NULL,
  use text NOT NULL,
  signed_in smallint NOT NULL CHECK (signed_in IN (0, 1)),
  rights text NOT NULL,
  created_at text COLLATE "C" NOT NULL,
  expires_at text COLLATE "C"
);

CREATE UNIQUE INDEX tokens_by_id ON tokens (id);

CREATE INDEX tokens_by_user ON tokens ("user") WHERE "user" IS NOT NULL;

CREATE INDEX tokens_by_client ON tokens (dialect, client) WHERE client IS NOT NULL;

CREATE INDEX tokens_by_expiry ON tokens (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE messages (
  id text COLLATE "C" PRIMARY KEY,
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  realm bigint NOT NULL,
  "user" bigint NOT NULL,
  channel text NOT NULL,
  recipient text NOT NULL,
  created_at text COLLATE "C" NOT NULL,
  state text NOT NULL,
  sealed text NOT NULL
);

CREATE INDEX messages_by_realm ON messages (realm, created_at);

CREATE INDEX messages_by_user ON messages ("user");

CREATE TABLE records (
  dialect text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  realm bigint NOT NULL,
  owner bigint,
  version bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (dialect, kind, id)
);

CREATE INDEX records_by_realm ON records (realm, kind);

CREATE TABLE idempotency (
  scope text COLLATE "C" PRIMARY KEY,
  input text NOT NULL,
  outcome text NOT NULL,
  expires_at text COLLATE "C" NOT NULL
);

CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
