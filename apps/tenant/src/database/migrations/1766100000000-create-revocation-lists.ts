import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRevocationLists1766100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE revocation_lists (
        hub_url text PRIMARY KEY,
        sequence bigint NOT NULL,
        revoked text[] NOT NULL,
        suspended text[] NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        asked_at timestamptz NOT NULL
      );
      ALTER TABLE licenses ADD COLUMN word_at timestamptz;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE licenses DROP COLUMN word_at; DROP TABLE revocation_lists;`);
  }
}
