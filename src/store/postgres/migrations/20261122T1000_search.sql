-- Who has a mail address, by the address as foldText (core/searched-text.ts) has it; of somebody who had it, too, maybe.
CREATE TABLE emails (
  key text COLLATE "C" NOT NULL,
  "user" bigint NOT NULL,
  PRIMARY KEY (key, "user")
);

-- What searches look at: the texts of each user, as they are and folded, and the folded ones' trigrams as numbers. It
-- follows the feed (search-index.ts), so that no commit waits for it.
CREATE TABLE searched (
  "user" bigint PRIMARY KEY,
  texts jsonb NOT NULL,
  folded jsonb NOT NULL,
  trigrams integer[] NOT NULL
);
CREATE INDEX searched_by_trigrams ON searched USING gin (trigrams) WITH (gin_pending_list_limit = 512);
ALTER TABLE searched ALTER COLUMN trigrams SET STATISTICS 1000;

-- Users up to this key have been taken in, and the changes up to this number.
CREATE TABLE search_heads (
  stream smallint PRIMARY KEY,
  filled bigint NOT NULL,
  is_filled smallint NOT NULL,
  n bigint NOT NULL
);
INSERT INTO search_heads VALUES (1, 0, 0, 0);
