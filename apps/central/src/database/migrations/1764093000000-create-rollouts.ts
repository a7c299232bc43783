import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRollouts1764093000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE releases ADD COLUMN rollout_halted_at timestamptz, ADD COLUMN rollout_halt_reason text;
      CREATE TABLE release_outcomes (
        release_id text NOT NULL REFERENCES releases (id),
        reporter bytea NOT NULL CHECK (length(reporter) = 32),
        outcome text NOT NULL CHECK (outcome IN ('installed', 'updated', 'failed', 'rolled_back')),
        counted boolean NOT NULL,
        reported_at timestamptz NOT NULL,
        PRIMARY KEY (release_id, reporter)
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE release_outcomes; ALTER TABLE releases DROP COLUMN rollout_halted_at, DROP COLUMN rollout_halt_reason;`);
  }
}
