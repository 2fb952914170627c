-- Users are found by their metadata: by keys as fold_text (core/searched-text.ts) has them, and by whole values.
ALTER TABLE metadata ADD COLUMN folded text COLLATE "C";
UPDATE metadata SET folded = fold_text(key);
ALTER TABLE metadata ALTER COLUMN folded SET NOT NULL;

DROP INDEX metadata_by_key;
CREATE INDEX metadata_by_key ON metadata (folded, key, "user");
CREATE INDEX metadata_by_value ON metadata (substr(value, 1, 64), length(value), folded);
