-- What a deleted user has left is erased after a time. Nothing that an update writes is in the index: rows are still
-- updated in place.
ALTER TABLE users ADD COLUMN erased boolean NOT NULL DEFAULT false;
CREATE INDEX users_to_erase ON users (key) WHERE state = 'deleted' AND NOT erased;
