import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOrders1764021000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE orders (
        id text PRIMARY KEY,
        package_id text NOT NULL REFERENCES packages (id),
        version text NOT NULL,
        item_name text NOT NULL,
        license_kind text NOT NULL CHECK (license_kind IN ('one_time', 'subscription', 'per_instance')),
        billing_interval text CHECK (billing_interval IN ('month', 'year')),
        customer_email text NOT NULL,
        instance_id text NOT NULL REFERENCES instances (id),
        amount_minor int NOT NULL CHECK (amount_minor > 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        status text NOT NULL CHECK (status IN ('open', 'awaiting_payment', 'paid', 'expired', 'failed')),
        stripe_session_id text CONSTRAINT orders_stripe_session UNIQUE,
        stripe_payment_intent text,
        stripe_subscription text,
        session_url text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        paid_at timestamptz,
        CHECK ((license_kind = 'subscription') = (billing_interval IS NOT NULL)),
        CHECK ((status = 'paid') = (paid_at IS NOT NULL))
      );
      CREATE UNIQUE INDEX orders_open ON orders
        (package_id, version, instance_id, customer_email, amount_minor, currency, license_kind) WHERE status = 'open';
      CREATE INDEX orders_instance ON orders (instance_id);
      ALTER TABLE licenses ADD CONSTRAINT licenses_order_fkey FOREIGN KEY (order_id) REFERENCES orders (id);

      CREATE TABLE checkout_requests (
        key_hash bytea PRIMARY KEY,
        request_hash bytea NOT NULL,
        order_id text REFERENCES orders (id),
        created_at timestamptz NOT NULL
      );
      CREATE INDEX checkout_requests_age ON checkout_requests (created_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE checkout_requests; ALTER TABLE licenses DROP CONSTRAINT licenses_order_fkey; DROP TABLE orders;`);
  }
}
