import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePasswordResets1766600020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE password_resets (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        account_id text NOT NULL REFERENCES accounts (id),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );
      CREATE INDEX password_resets_account ON password_resets (account_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE password_resets;');
  }
}
