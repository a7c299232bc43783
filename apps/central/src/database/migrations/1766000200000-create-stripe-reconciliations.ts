import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was looked up at Stripe, up to when; and where a subscription's owed invoice can be paid. */
export class CreateStripeReconciliations1766000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stripe_reconciliations (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        since timestamptz NOT NULL,
        until timestamptz NOT NULL,
        events int NOT NULL,
        sessions int NOT NULL,
        recovered text[] NOT NULL,
        finished_at timestamptz NOT NULL
      );
      CREATE INDEX stripe_reconciliations_until ON stripe_reconciliations (until);
      ALTER TABLE subscriptions ADD pay_url text;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE subscriptions DROP COLUMN pay_url; DROP TABLE stripe_reconciliations;`);
  }
}
