ALTER TABLE entries ADD COLUMN expires_at timestamptz;
CREATE INDEX entries_expiring ON entries (expires_at) WHERE expires_at IS NOT NULL;
