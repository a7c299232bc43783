import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What plugins did to their own schemas, and roll backs as jobs. Nobody may create anything in the shop's own schema, as new
 * databases have it since PostgreSQL 15: the roles of plugins least of all.
 */
export class CreatePluginSchemas1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE CREATE ON SCHEMA public FROM PUBLIC;
      CREATE TABLE plugin_migrations (plugin_id text NOT NULL, name text NOT NULL, checksum text NOT NULL, down_sql text,
        applied_at timestamptz NOT NULL, PRIMARY KEY (plugin_id, name));
      CREATE TABLE plugin_snapshots (plugin_id text PRIMARY KEY, schema_name text NOT NULL, migrations text[] NOT NULL,
        taken_at timestamptz NOT NULL);
      ALTER TABLE install_jobs DROP CONSTRAINT install_jobs_kind_check,
        ADD CONSTRAINT install_jobs_kind_check CHECK (kind IN ('install', 'update', 'rollback')), ADD schema_change jsonb;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM install_steps WHERE job_id IN (SELECT id FROM install_jobs WHERE kind = 'rollback');
      DELETE FROM install_jobs WHERE kind = 'rollback';
      ALTER TABLE install_jobs DROP schema_change, DROP CONSTRAINT install_jobs_kind_check,
        ADD CONSTRAINT install_jobs_kind_check CHECK (kind IN ('install', 'update'));
      DROP TABLE plugin_snapshots; DROP TABLE plugin_migrations;`);
  }
}
