import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOutcomeConsents1766600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outcome_consents (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), given boolean NOT NULL,
        decided_at timestamptz NOT NULL);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outcome_consents;');
  }
}
