import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: orders that are paid for together, and orders of no shop. */
export class CreatePurchases1766200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE purchases (
        id text PRIMARY KEY,
        amount_minor int NOT NULL CHECK (amount_minor > 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        customer_email text NOT NULL,
        capture text NOT NULL CHECK (capture IN ('automatic', 'manual')),
        stripe_session_id text CONSTRAINT purchases_stripe_session UNIQUE,
        stripe_payment_intent text,
        session_url text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      ALTER TABLE orders ADD purchase_id text REFERENCES purchases (id), ALTER instance_id DROP NOT NULL,
        ADD CONSTRAINT orders_of_somebody CHECK (instance_id IS NOT NULL OR purchase_id IS NOT NULL);
      CREATE INDEX orders_purchase ON orders (purchase_id) WHERE purchase_id IS NOT NULL;
      ALTER TABLE license_periods ADD joint_payment text;
      CREATE INDEX license_periods_joint ON license_periods (joint_payment) WHERE joint_payment IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE license_periods DROP COLUMN joint_payment;
      ALTER TABLE orders DROP CONSTRAINT orders_of_somebody, DROP COLUMN purchase_id, ALTER instance_id SET NOT NULL;
      DROP TABLE purchases;`);
  }
}
