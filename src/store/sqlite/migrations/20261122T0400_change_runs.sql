-- Where a subject's changes stand in the feed. An index would cost every commit a page of its own for each change; so the
-- numbers stand on the subject's own row, which is written anyway, and sixteen at a time are put down here.
CREATE TABLE change_runs (
  subject_kind INTEGER NOT NULL CHECK (subject_kind IN (0, 1)), -- 0 user, 1 realm
  subject INTEGER NOT NULL,
  run INTEGER NOT NULL, -- of the versions 16 * run + 1 to 16 * run + 16
  numbers TEXT NOT NULL, -- in the feed, separated by commas
  PRIMARY KEY (subject_kind, subject, run)
) STRICT, WITHOUT ROWID;

INSERT INTO change_runs (subject_kind, subject, run, numbers)
  SELECT subject_kind, subject, (version - 1) / 16, group_concat(n, ',' ORDER BY version)
  FROM changes GROUP BY 1, 2, 3;

ALTER TABLE users ADD COLUMN numbers TEXT NOT NULL DEFAULT '';
UPDATE users SET numbers = coalesce(
  (SELECT r.numbers FROM change_runs r WHERE r.subject_kind = 0 AND r.subject = key AND r.run = (version - 1) / 16), '');
ALTER TABLE realms ADD COLUMN numbers TEXT NOT NULL DEFAULT '';
UPDATE realms SET numbers = coalesce(
  (SELECT r.numbers FROM change_runs r WHERE r.subject_kind = 1 AND r.subject = key AND r.run = (version - 1) / 16), '');

-- The last run of each subject stands on its own row alone.
DELETE FROM change_runs WHERE subject_kind = 0 AND run = (SELECT (version - 1) / 16 FROM users WHERE key = subject);
DELETE FROM change_runs WHERE subject_kind = 1 AND run = (SELECT (version - 1) / 16 FROM realms WHERE key = subject);

DROP INDEX changes_by_subject;
