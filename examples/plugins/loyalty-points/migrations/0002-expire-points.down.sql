DROP INDEX entries_expiring;
ALTER TABLE entries DROP COLUMN expires_at;
