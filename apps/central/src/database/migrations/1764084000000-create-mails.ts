import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMails1764084000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mails (
        id text PRIMARY KEY,
        template text NOT NULL,
        recipient text NOT NULL,
        cause text CONSTRAINT mails_cause UNIQUE,
        values_sealed bytea,
        queued_at timestamptz NOT NULL,
        sent_at timestamptz,
        refused_at timestamptz,
        error text,
        CHECK ((values_sealed IS NULL) = (sent_at IS NOT NULL)),
        CHECK (sent_at IS NULL OR refused_at IS NULL)
      );
      CREATE INDEX mails_queued ON mails (queued_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE mails;`);
  }
}
