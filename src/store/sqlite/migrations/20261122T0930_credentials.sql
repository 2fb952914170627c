-- A token may come of its user's client secret, or of a key; what a user owns goes with it.
ALTER TABLE tokens ADD COLUMN credential TEXT;

CREATE INDEX records_by_owner ON records (owner) WHERE owner IS NOT NULL;

-- The directory's own id of a realm is the guid that it has elsewhere.
INSERT INTO realm_identifiers (dialect, value, realm)
  SELECT 'directory', value, realm FROM realm_identifiers WHERE dialect = 'twosms';
UPDATE realms SET ids = json_set(ids, '$.directory', json_extract(ids, '$.twosms'))
  WHERE json_extract(ids, '$.twosms') IS NOT NULL;
