import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which root of its hub this shop trusts, and the release metadata it verified. */
export class CreateHubMetadata1764000025000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE hub_roots (hub_url text PRIMARY KEY, pinned_sha256 text NOT NULL,
        source text NOT NULL CHECK (source IN ('file', 'first_seen')), pinned_at timestamptz NOT NULL);
      CREATE TABLE hub_metadata_files (hub_url text NOT NULL, name text NOT NULL, version int NOT NULL, root_version int NOT NULL,
        body bytea NOT NULL, PRIMARY KEY (hub_url, name));`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE hub_metadata_files; DROP TABLE hub_roots;`);
  }
}
