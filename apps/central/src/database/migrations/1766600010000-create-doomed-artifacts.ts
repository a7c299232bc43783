import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDoomedArtifacts1766600010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE doomed_artifacts (
        sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        doomed_at timestamptz NOT NULL,
        going boolean NOT NULL
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE doomed_artifacts;');
  }
}
