import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Installed plugins with their settings and values, licenses, and the journal of the installer. */
export class CreatePlugins1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE plugins (id text PRIMARY KEY, marketplace_id text NOT NULL UNIQUE, name text NOT NULL, version text NOT NULL,
        manifest jsonb NOT NULL, sha256 text NOT NULL, release_dir text NOT NULL, enabled boolean NOT NULL, disabled_reason text,
        config jsonb NOT NULL, secrets_sealed bytea, revision int NOT NULL DEFAULT 1, installed_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL, CHECK (NOT enabled OR disabled_reason IS NULL));
      CREATE TABLE plugin_values (plugin_id text NOT NULL, key text NOT NULL CHECK (length(key) <= 512), value jsonb NOT NULL,
        PRIMARY KEY (plugin_id, key));

      CREATE TABLE licenses (marketplace_id text PRIMARY KEY, key_sealed bytea NOT NULL, license_id text, kind text, token text,
        carried_until timestamptz NOT NULL, failed_at timestamptz, failure_reason text, grace_days int,
        standing text NOT NULL CHECK (standing IN ('active', 'grace', 'stopped')), received_at timestamptz NOT NULL,
        checked_at timestamptz, check_again_at timestamptz, CHECK ((failed_at IS NULL) = (failure_reason IS NULL)),
        CHECK ((failed_at IS NULL) = (grace_days IS NULL)));

      CREATE TABLE publisher_pins (namespace text PRIMARY KEY, key_thumbprint text NOT NULL, pinned_at timestamptz NOT NULL);
      CREATE TABLE install_jobs (id text PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('install', 'update')),
        marketplace_id text NOT NULL, version text NOT NULL, paid boolean NOT NULL, step text NOT NULL CHECK (step IN
        ('requested', 'fetched', 'verified', 'staged', 'switched', 'healthy', 'rolled_back', 'failed')), code text, message text,
        attempts int NOT NULL DEFAULT 0, bytes_done bigint NOT NULL DEFAULT 0, bytes_total bigint, package jsonb, plugin_id text,
        release_dir text, previous jsonb, created_at timestamptz NOT NULL, finished_at timestamptz,
        CHECK ((finished_at IS NOT NULL) = (step IN ('healthy', 'rolled_back', 'failed'))));
      CREATE UNIQUE INDEX install_jobs_one_open ON install_jobs (marketplace_id) WHERE finished_at IS NULL;
      CREATE TABLE install_steps (job_id text NOT NULL REFERENCES install_jobs (id), step text NOT NULL, at timestamptz NOT NULL,
        code text, PRIMARY KEY (job_id, step));`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE install_steps; DROP TABLE install_jobs; DROP TABLE publisher_pins; DROP TABLE licenses; DROP TABLE plugin_values;
      DROP TABLE plugins;`);
  }
}
