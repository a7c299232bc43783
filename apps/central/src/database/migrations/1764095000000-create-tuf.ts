import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The TUF repository of released files. What is published already goes into it; the first root signs it. */
export class CreateTuf1764095000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tuf_bins (bin smallint PRIMARY KEY CHECK (bin BETWEEN 0 AND 255), version int NOT NULL DEFAULT 0,
        dirty boolean NOT NULL DEFAULT true, size_bytes int, sha256 text, expires_at timestamptz);
      INSERT INTO tuf_bins (bin) SELECT generate_series(0, 255);
      CREATE TABLE tuf_targets (path text PRIMARY KEY, bin smallint NOT NULL REFERENCES tuf_bins (bin),
        size_bytes int NOT NULL CHECK (size_bytes > 0), sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'));
      CREATE INDEX tuf_targets_bin ON tuf_targets (bin, path);
      CREATE TABLE tuf_files (name text PRIMARY KEY, role text NOT NULL, version int NOT NULL CHECK (version > 0),
        body bytea NOT NULL, expires_at timestamptz NOT NULL, written_at timestamptz NOT NULL, UNIQUE (role, version));
      INSERT INTO tuf_targets (path, bin, size_bytes, sha256)
        SELECT path, get_byte(sha256(convert_to(path, 'UTF8')), 0), size_bytes, sha256
          FROM (SELECT p.marketplace_id || '/' || r.version || '.zip' AS path, r.size_bytes, r.sha256
                  FROM releases r JOIN packages p ON p.id = r.package_id WHERE r.status = 'published') AS released;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE tuf_files; DROP TABLE tuf_targets; DROP TABLE tuf_bins;`);
  }
}
