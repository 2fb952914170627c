ALTER TABLE messages ADD COLUMN expires_at TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN next_at TEXT NOT NULL DEFAULT ''; -- while it waits; the end of its claim while there is one
ALTER TABLE messages ADD COLUMN claim TEXT;
ALTER TABLE messages ADD COLUMN last_error TEXT;

-- What was kept before anything delivered it had another form, and codes hold for an hour.
UPDATE messages SET state = 'failed', sealed = '', expires_at = created_at,
  last_error = 'It was written before messages were delivered.' WHERE state = 'waiting';

CREATE INDEX messages_waiting ON messages (channel, next_at) WHERE state = 'waiting';
CREATE INDEX messages_by_time ON messages (created_at);
