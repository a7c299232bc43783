import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePackageNotices1766600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE packages
        ADD COLUMN deprecated_at timestamptz, ADD COLUMN deprecated_by text, ADD COLUMN deprecation_message text,
        ADD COLUMN successor_id text REFERENCES packages (id),
        ADD CONSTRAINT deprecation_whole CHECK (
          (deprecated_at IS NULL) = (deprecation_message IS NULL) AND (deprecated_at IS NULL) = (deprecated_by IS NULL)),
        ADD CONSTRAINT successor_of_deprecated CHECK (successor_id IS NULL OR deprecated_at IS NOT NULL),
        ADD CONSTRAINT successor_is_another CHECK (successor_id <> id);
      CREATE TABLE package_advisories (
        id text PRIMARY KEY,
        package_id text NOT NULL REFERENCES packages (id),
        affected text NOT NULL,
        fixed_in text,
        severity text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
        summary text NOT NULL,
        reference_urls text[] NOT NULL,
        published_at timestamptz NOT NULL,
        published_by text NOT NULL,
        withdrawn_at timestamptz,
        withdrawn_reason text,
        CHECK ((withdrawn_at IS NULL) = (withdrawn_reason IS NULL))
      );
      CREATE TABLE announcements (
        id text PRIMARY KEY,
        type text NOT NULL,
        body jsonb NOT NULL,
        told_up_to text NOT NULL DEFAULT '',
        recorded_at timestamptz NOT NULL,
        done_at timestamptz
      );
      CREATE INDEX package_advisories_package ON package_advisories (package_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE announcements; DROP TABLE package_advisories;
      ALTER TABLE packages DROP COLUMN deprecated_at, DROP COLUMN deprecated_by, DROP COLUMN deprecation_message,
        DROP COLUMN successor_id;`);
  }
}
