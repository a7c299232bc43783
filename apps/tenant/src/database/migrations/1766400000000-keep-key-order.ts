import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Manifests keep the order their publisher gave them (`jsonb` sorts keys by length): settings are shown in it. */
export class KeepKeyOrder1766400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE plugins ALTER COLUMN manifest TYPE json;
      ALTER TABLE plugin_releases ALTER COLUMN manifest TYPE json;
      ALTER TABLE install_jobs ALTER COLUMN package TYPE json, ALTER COLUMN previous TYPE json;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE plugins ALTER COLUMN manifest TYPE jsonb;
      ALTER TABLE plugin_releases ALTER COLUMN manifest TYPE jsonb;
      ALTER TABLE install_jobs ALTER COLUMN package TYPE jsonb, ALTER COLUMN previous TYPE jsonb;`);
  }
}
