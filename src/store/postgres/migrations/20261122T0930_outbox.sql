ALTER TABLE messages
  ADD COLUMN expires_at text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN attempts bigint NOT NULL DEFAULT 0,
  ADD COLUMN next_at text COLLATE "C" NOT NULL DEFAULT '', -- while it waits; the end of its claim while there is one
  ADD COLUMN claim text,
  ADD COLUMN last_error text;

-- What was kept before anything delivered it had another form, and codes hold for an hour.
UPDATE messages SET state = 'failed', sealed = '', expires_at = created_at,
  last_error = 'It was written before messages were delivered.' WHERE state = 'waiting';

CREATE INDEX messages_waiting ON messages (channel, next_at) WHERE state = 'waiting';
CREATE INDEX messages_by_time ON messages (created_at);
