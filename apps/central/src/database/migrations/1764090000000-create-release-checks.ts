import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateReleaseChecks1764090000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE releases ADD COLUMN check_round int NOT NULL DEFAULT 0;
      CREATE TABLE release_checks (
        release_id text NOT NULL REFERENCES releases (id),
        name text NOT NULL,
        round int NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'done')),
        findings jsonb NOT NULL DEFAULT '[]',
        finished_at timestamptz,
        PRIMARY KEY (release_id, name),
        CHECK ((status = 'done') = (finished_at IS NOT NULL))
      );
      CREATE TABLE release_components (
        release_id text NOT NULL REFERENCES releases (id),
        name text NOT NULL,
        version text NOT NULL,
        PRIMARY KEY (release_id, name, version)
      );
      CREATE INDEX release_components_name ON release_components (name);
      CREATE TABLE release_sboms (
        release_id text PRIMARY KEY REFERENCES releases (id),
        document jsonb NOT NULL
      );
      CREATE TABLE release_files (
        release_id text PRIMARY KEY REFERENCES releases (id),
        files jsonb NOT NULL,
        diff jsonb
      );
      CREATE TABLE dependency_advisories (
        id text NOT NULL,
        package_name text NOT NULL,
        summary text NOT NULL,
        severity text NOT NULL CHECK (severity IN ('MALICIOUS', 'CRITICAL', 'HIGH', 'MODERATE', 'LOW', 'UNKNOWN')),
        aliases text[] NOT NULL,
        ranges jsonb NOT NULL,
        versions text[] NOT NULL,
        withdrawn boolean NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (id, package_name)
      );
      CREATE INDEX dependency_advisories_package ON dependency_advisories (package_name);
      CREATE INDEX dependency_advisories_changed ON dependency_advisories (changed_at);
      CREATE TABLE release_alerts (
        release_id text NOT NULL REFERENCES releases (id),
        advisory_id text NOT NULL,
        component text NOT NULL,
        found_at timestamptz NOT NULL,
        PRIMARY KEY (release_id, advisory_id, component)
      );
      CREATE INDEX release_alerts_found ON release_alerts (found_at DESC);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE release_alerts; DROP TABLE dependency_advisories; DROP TABLE release_files; DROP TABLE release_sboms;
      DROP TABLE release_components; DROP TABLE release_checks; ALTER TABLE releases DROP COLUMN check_round;`);
  }
}
