import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateComposerSources1764053000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE composer_sources (
        id text PRIMARY KEY,
        publisher_id text NOT NULL REFERENCES publishers (id),
        url text NOT NULL,
        credential_sealed bytea,
        webhook_secret_sealed bytea NOT NULL,
        prefixes text[] NOT NULL CHECK (cardinality(prefixes) > 0),
        with_branches boolean NOT NULL,
        interval_minutes int NOT NULL CHECK (interval_minutes > 0),
        created_at timestamptz NOT NULL,
        next_sync_at timestamptz NOT NULL,
        syncing_until timestamptz,
        last_synced_at timestamptz,
        last_error text,
        removed_at timestamptz
      );
      CREATE INDEX composer_sources_due ON composer_sources (next_sync_at) WHERE removed_at IS NULL;

      CREATE TABLE composer_source_refs (
        source_id text NOT NULL REFERENCES composer_sources (id),
        ref text NOT NULL,
        commit text NOT NULL CHECK (commit ~ '^[0-9a-f]{40,64}$'),
        version_id text REFERENCES composer_versions (id),
        problem text,
        moved_to text,
        seen_at timestamptz NOT NULL,
        PRIMARY KEY (source_id, ref)
      );
      CREATE INDEX composer_source_refs_problems ON composer_source_refs (source_id, ref) WHERE problem IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE composer_source_refs; DROP TABLE composer_sources;`);
  }
}
