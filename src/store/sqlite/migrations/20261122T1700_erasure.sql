-- What a deleted user has left is erased after a time.
ALTER TABLE users ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));
CREATE INDEX users_to_erase ON users (changed_at) WHERE deleted = 1 AND erased = 0;
