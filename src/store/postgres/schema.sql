-- Generated from migrations/ by the test beside it; do not edit.

CREATE TABLE batches (
  id uuid NOT NULL,
  n bigint,
  at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (id)
);

CREATE INDEX batches_by_time ON batches USING btree (at);

CREATE TABLE changes (
  subject_kind smallint NOT NULL,
  subject bigint NOT NULL,
  version bigint NOT NULL,
  n bigint NOT NULL,
  realm bigint NOT NULL,
  at text NOT NULL,
  skeleton text NOT NULL,
  values_digest bytea NOT NULL,
  previous bytea NOT NULL,
  digest bytea NOT NULL,
  salt text,
  "values" text,
  CHECK ((length(digest) = 32)),
  CHECK ((length(previous) = ANY (ARRAY[0, 32]))),
  CHECK ((subject_kind = ANY (ARRAY[0, 1]))),
  CHECK ((length(values_digest) = 32)),
  PRIMARY KEY (subject_kind, subject, version)
);

CREATE UNIQUE INDEX changes_by_position ON changes USING btree (n);

CREATE TABLE emails (
  key text COLLATE "C" NOT NULL,
  "user" bigint NOT NULL,
  PRIMARY KEY (key, "user")
);

CREATE TABLE feed_heads (
  stream smallint NOT NULL,
  n bigint NOT NULL,
  revocations bigint NOT NULL,
  PRIMARY KEY (stream)
);

CREATE TABLE idempotency (
  scope text COLLATE "C" NOT NULL,
  input text NOT NULL,
  outcome text NOT NULL,
  expires_at text COLLATE "C" NOT NULL,
  PRIMARY KEY (scope)
);

CREATE INDEX idempotency_by_expiry ON idempotency USING btree (expires_at);

CREATE TABLE identifiers (
  dialect text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  "user" bigint NOT NULL,
  PRIMARY KEY (dialect, value)
);

CREATE TABLE messages (
  id text COLLATE "C" NOT NULL,
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  realm bigint NOT NULL,
  "user" bigint NOT NULL,
  channel text NOT NULL,
  recipient text NOT NULL,
  created_at text COLLATE "C" NOT NULL,
  state text NOT NULL,
  sealed text NOT NULL,
  expires_at text COLLATE "C" NOT NULL DEFAULT ''::text,
  attempts bigint NOT NULL DEFAULT 0,
  next_at text COLLATE "C" NOT NULL DEFAULT ''::text,
  claim text,
  last_error text,
  PRIMARY KEY (id)
);

CREATE INDEX messages_by_realm ON messages USING btree (realm, created_at);

CREATE INDEX messages_by_time ON messages USING btree (created_at);

CREATE INDEX messages_by_user ON messages USING btree ("user");

CREATE INDEX messages_waiting ON messages USING btree (channel, next_at) WHERE (state = 'waiting'::text);

CREATE TABLE metadata (
  "user" bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  created_at text NOT NULL,
  changed_at text NOT NULL,
  value bytea NOT NULL,
  folded text COLLATE "C" NOT NULL,
  PRIMARY KEY ("user", key)
);

CREATE INDEX metadata_by_key ON metadata USING btree (folded, key, "user");

CREATE INDEX metadata_by_value ON metadata USING btree (substr(value, 1, 64), length(value), folded);

CREATE TABLE migrations (
  name text COLLATE "C" NOT NULL,
  checksum text NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE names (
  key text COLLATE "C" NOT NULL,
  algorithm bigint NOT NULL,
  "user" bigint NOT NULL,
  PRIMARY KEY (key)
);

CREATE TABLE realm_identifiers (
  dialect text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  realm bigint NOT NULL,
  PRIMARY KEY (dialect, value)
);

CREATE TABLE realms (
  key bigint NOT NULL,
  version bigint NOT NULL,
  digest bytea NOT NULL,
  created_at text NOT NULL,
  changed_at text NOT NULL,
  ids text NOT NULL,
  fields text NOT NULL,
  CHECK ((length(digest) = 32)),
  PRIMARY KEY (key)
);

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

CREATE INDEX records_by_owner ON records USING btree (owner) WHERE (owner IS NOT NULL);

CREATE INDEX records_by_realm ON records USING btree (realm, kind);

CREATE TABLE revocations (
  n bigint NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  kind text NOT NULL,
  value text NOT NULL,
  CHECK ((kind = ANY (ARRAY['token'::text, 'user'::text, 'client'::text])))
);

CREATE INDEX revocations_by_number ON revocations USING btree (n);

CREATE INDEX revocations_by_time ON revocations USING btree (at);

CREATE TABLE search_heads (
  stream smallint NOT NULL,
  filled bigint NOT NULL,
  is_filled smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (stream)
);

CREATE TABLE searched (
  "user" bigint NOT NULL,
  texts jsonb NOT NULL,
  folded jsonb NOT NULL,
  trigrams integer[] NOT NULL,
  PRIMARY KEY ("user")
);

CREATE INDEX searched_by_trigrams ON searched USING gin (trigrams) WITH (gin_pending_list_limit='128');

CREATE TABLE secrets (
  "user" bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  expires_at text COLLATE "C",
  doc text NOT NULL,
  PRIMARY KEY ("user", name)
);

CREATE INDEX secrets_by_expiry ON secrets USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE TABLE sequences (
  name text COLLATE "C" NOT NULL,
  next bigint NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE tokens (
  hash bytea NOT NULL,
  id text COLLATE "C" NOT NULL,
  "user" bigint,
  client text COLLATE "C",
  dialect text COLLATE "C" NOT NULL,
  use text NOT NULL,
  signed_in smallint NOT NULL,
  rights text NOT NULL,
  created_at text COLLATE "C" NOT NULL,
  expires_at text COLLATE "C",
  credential text COLLATE "C",
  CHECK ((length(hash) = 32)),
  CHECK ((signed_in = ANY (ARRAY[0, 1]))),
  PRIMARY KEY (hash)
);

CREATE INDEX tokens_by_client ON tokens USING btree (dialect, client) WHERE (client IS NOT NULL);

CREATE INDEX tokens_by_expiry ON tokens USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE UNIQUE INDEX tokens_by_id ON tokens USING btree (id);

CREATE INDEX tokens_by_user ON tokens USING btree ("user") WHERE ("user" IS NOT NULL);

CREATE TABLE users (
  key bigint NOT NULL,
  realm bigint NOT NULL,
  kind smallint NOT NULL,
  version bigint NOT NULL,
  revision bigint NOT NULL,
  digest bytea NOT NULL,
  created_at text NOT NULL,
  changed_at text NOT NULL,
  ids json NOT NULL,
  fields text NOT NULL,
  state text NOT NULL,
  username text COLLATE "C" NOT NULL,
  login_names json,
  administers json,
  last_login_at text,
  failed_attempts bigint NOT NULL DEFAULT 0,
  erased boolean NOT NULL DEFAULT false,
  CHECK ((length(digest) = 32)),
  CHECK ((kind = ANY (ARRAY[0, 1]))),
  PRIMARY KEY (key)
);

CREATE INDEX users_to_erase ON users USING btree (key) WHERE ((state = 'deleted'::text) AND (NOT erased));
