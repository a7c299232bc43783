import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Those who listen to the shop's events, what is on its way to them, and every try. */
export class CreateEventHooks1764000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE event_hooks (id text PRIMARY KEY, url text NOT NULL, events text[] NOT NULL CHECK (cardinality(events) > 0),
        secret_sealed bytea NOT NULL, previous_sealed bytea, previous_until timestamptz, enabled boolean NOT NULL,
        disabled_reason text, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
        CHECK (enabled = (disabled_reason IS NULL)), CHECK ((previous_sealed IS NULL) = (previous_until IS NULL)));
      CREATE TABLE hook_deliveries (id text PRIMARY KEY, hook_id text NOT NULL REFERENCES event_hooks (id) ON DELETE CASCADE,
        event_id bigint NOT NULL REFERENCES shop_events (id), event text NOT NULL, body text NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')), attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz, created_at timestamptz NOT NULL, delivered_at timestamptz, UNIQUE (hook_id, event_id),
        CHECK (status = 'pending' OR next_attempt_at IS NULL), CHECK ((status = 'delivered') = (delivered_at IS NOT NULL)));
      CREATE INDEX hook_deliveries_created ON hook_deliveries (hook_id, created_at DESC);
      CREATE INDEX hook_deliveries_event ON hook_deliveries (event_id);
      CREATE TABLE hook_attempts (delivery_id text NOT NULL REFERENCES hook_deliveries (id) ON DELETE CASCADE, attempt int NOT NULL,
        started_at timestamptz NOT NULL, status int, failure text, duration_ms int NOT NULL, PRIMARY KEY (delivery_id, attempt));`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE hook_attempts; DROP TABLE hook_deliveries; DROP TABLE event_hooks;`);
  }
}
