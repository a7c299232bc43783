import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Releases a plugin can go back to, whether the one that is current has proven itself, and what is left to remove of a plugin that
 * is gone. One open job a plugin id: two packages that call themselves the same cannot be installed at the same time.
 */
export class KeepReleases1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE plugins ADD probing boolean NOT NULL DEFAULT false, ADD last_rollback jsonb;
      CREATE TABLE plugin_releases (plugin_id text NOT NULL REFERENCES plugins (id) ON DELETE CASCADE, release_dir text NOT NULL,
        version text NOT NULL, name text NOT NULL, sha256 text NOT NULL, manifest jsonb NOT NULL, ran_until timestamptz NOT NULL,
        PRIMARY KEY (plugin_id, release_dir));
      CREATE TABLE plugin_data_drops (plugin_id text PRIMARY KEY, asked_at timestamptz NOT NULL);
      CREATE UNIQUE INDEX install_jobs_one_plugin ON install_jobs (plugin_id) WHERE finished_at IS NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX install_jobs_one_plugin; DROP TABLE plugin_data_drops; DROP TABLE plugin_releases;
      ALTER TABLE plugins DROP probing, DROP last_rollback;`);
  }
}
