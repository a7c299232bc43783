import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is updated by itself, when that was looked at, and whether a job was let through early as a security fix. */
export class CreateUpdatePolicy1764000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE update_policies (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), policy jsonb NOT NULL,
        updated_at timestamptz NOT NULL);
      CREATE TABLE update_checks (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), answered_at timestamptz,
        next_at timestamptz NOT NULL);
      ALTER TABLE install_jobs ADD security_claimed boolean NOT NULL DEFAULT false;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE install_jobs DROP security_claimed; DROP TABLE update_checks; DROP TABLE update_policies;`);
  }
}
