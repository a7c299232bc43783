import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateComposer1764051000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE composer_revision (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        revision bigint NOT NULL
      );
      INSERT INTO composer_revision (revision) VALUES (1);

      CREATE TABLE composer_packages (
        name text PRIMARY KEY CHECK (name ~ '^[a-z0-9]+([_.-][a-z0-9]+)*/[a-z0-9]+(([_.]|-{1,2})[a-z0-9]+)*$'),
        publisher_id text NOT NULL REFERENCES publishers (id),
        listing_id text REFERENCES packages (id),
        description text NOT NULL DEFAULT '',
        type text NOT NULL DEFAULT 'library',
        created_at timestamptz NOT NULL,
        revision bigint NOT NULL DEFAULT 0
      );
      CREATE INDEX composer_packages_revision ON composer_packages (revision);
      CREATE INDEX composer_packages_listing ON composer_packages (listing_id) WHERE listing_id IS NOT NULL;

      CREATE TABLE composer_versions (
        id text PRIMARY KEY,
        package_name text NOT NULL REFERENCES composer_packages (name),
        version text NOT NULL,
        version_normalized text NOT NULL,
        is_dev boolean NOT NULL,
        is_default_branch boolean NOT NULL DEFAULT false,
        metadata jsonb NOT NULL,
        reference text NOT NULL CHECK (reference ~ '^[0-9a-f]{40,64}$'),
        sha1 text NOT NULL CHECK (sha1 ~ '^[0-9a-f]{40}$'),
        sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        size_bytes int NOT NULL CHECK (size_bytes > 0),
        released_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        superseded_at timestamptz
      );
      CREATE UNIQUE INDEX composer_versions_current ON composer_versions (package_name, version_normalized)
        WHERE superseded_at IS NULL;

      CREATE TABLE composer_downloads (
        version_id text PRIMARY KEY REFERENCES composer_versions (id),
        downloads bigint NOT NULL
      ) WITH (fillfactor = 50);

      CREATE TABLE composer_accesses (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL,
        token_id text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        requests int NOT NULL CHECK (requests > 0)
      );
      CREATE INDEX composer_accesses_token ON composer_accesses (token_id, at);
      CREATE INDEX composer_accesses_at ON composer_accesses USING brin (at);

      CREATE TABLE composer_advisories (
        id text PRIMARY KEY,
        package_name text NOT NULL REFERENCES composer_packages (name),
        title text NOT NULL,
        affected_versions text NOT NULL,
        cve text,
        link text,
        reported_at timestamptz NOT NULL,
        withdrawn_at timestamptz
      );
      CREATE INDEX composer_advisories_package ON composer_advisories (package_name) WHERE withdrawn_at IS NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE composer_advisories; DROP TABLE composer_accesses; DROP TABLE composer_downloads;
      DROP TABLE composer_versions; DROP TABLE composer_packages; DROP TABLE composer_revision;`);
  }
}
