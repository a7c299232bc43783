import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStripeEvents1764023000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stripe_events (
        id text PRIMARY KEY,
        type text NOT NULL,
        body text NOT NULL,
        received_at timestamptz NOT NULL,
        handled_at timestamptz,
        outcome text,
        CHECK ((handled_at IS NULL) = (outcome IS NULL))
      );
      CREATE INDEX stripe_events_unhandled ON stripe_events (received_at) WHERE handled_at IS NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE stripe_events;`);
  }
}
