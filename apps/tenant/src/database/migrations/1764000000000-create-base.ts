import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Admins, what is told to them, what leaves the shop, and who the shop is at its hub. */
export class CreateBase1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE admins (id text PRIMARY KEY, email text NOT NULL, password_hash text NOT NULL, created_at timestamptz NOT NULL);
      CREATE UNIQUE INDEX admins_email ON admins (lower(email));

      CREATE TABLE audit_entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL,
        action text NOT NULL, subject text NOT NULL, data jsonb NOT NULL);
      CREATE TABLE notifications (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, code text NOT NULL,
        severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')), message text NOT NULL, subject text NOT NULL,
        once_key text UNIQUE);
      CREATE TABLE shop_events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, name text NOT NULL,
        data jsonb NOT NULL);

      CREATE TABLE egress_entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, method text NOT NULL,
        host text NOT NULL, path text NOT NULL, fields text[] NOT NULL, bytes int NOT NULL CHECK (bytes >= 0), status int,
        failure text, duration_ms int);
      CREATE INDEX egress_entries_at ON egress_entries (at);

      CREATE TABLE instance_identity (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), instance_id text NOT NULL,
        public_jwk jsonb NOT NULL, key_thumbprint text NOT NULL, private_key_sealed bytea NOT NULL, created_at timestamptz NOT NULL);
      CREATE TABLE hub_registrations (hub_url text PRIMARY KEY, mode text NOT NULL CHECK (mode IN ('push', 'pull')),
        registered_at timestamptz NOT NULL);
      CREATE TABLE webhook_secrets (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hub_url text NOT NULL, sealed bytea NOT NULL,
        received_at timestamptz NOT NULL);
      CREATE TABLE hub_key_sets (hub_url text PRIMARY KEY, keys jsonb NOT NULL, fetched_at timestamptz NOT NULL);
      CREATE TABLE hub_answers (key text PRIMARY KEY, body jsonb NOT NULL, answered_at timestamptz NOT NULL);
      CREATE TABLE hub_deliveries (delivery_id text PRIMARY KEY, event text NOT NULL, body jsonb NOT NULL,
        received_at timestamptz NOT NULL);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE hub_deliveries; DROP TABLE hub_answers; DROP TABLE hub_key_sets; DROP TABLE webhook_secrets;
      DROP TABLE hub_registrations; DROP TABLE instance_identity; DROP TABLE egress_entries; DROP TABLE shop_events;
      DROP TABLE notifications; DROP TABLE audit_entries; DROP TABLE admins;`);
  }
}
