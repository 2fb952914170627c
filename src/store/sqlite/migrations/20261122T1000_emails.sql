-- Who has a mail address, by the address as fold_text (core/searched-text.ts) has it.
CREATE TABLE emails (
  key TEXT NOT NULL,
  user INTEGER NOT NULL,
  PRIMARY KEY (key, user)
) STRICT, WITHOUT ROWID;

INSERT INTO emails (key, user)
  SELECT fold_text(fields ->> '$."email.address"'), key FROM users
  WHERE deleted = 0 AND fields ->> '$."email.address"' IS NOT NULL ORDER BY 1, 2;
