import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: licenses that were paid before get the period of their order, so that their term follows from facts too. */
export class CreateLicensePeriods1764070000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE license_periods (
        id text PRIMARY KEY,
        order_id text NOT NULL REFERENCES orders (id),
        is_purchase boolean NOT NULL,
        amount_minor int NOT NULL CHECK (amount_minor > 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        commission_percent int NOT NULL CHECK (commission_percent BETWEEN 0 AND 100),
        paid_at timestamptz NOT NULL,
        ends_at timestamptz
      );
      CREATE INDEX license_periods_order ON license_periods (order_id);

      CREATE TABLE invoice_payments (
        payment_intent text PRIMARY KEY,
        invoice text NOT NULL
      );
      CREATE INDEX invoice_payments_invoice ON invoice_payments (invoice);

      CREATE TABLE payment_returns (
        id text PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('refund', 'dispute')),
        payment_intent text NOT NULL,
        amount_minor int NOT NULL CHECK (amount_minor >= 0),
        state text NOT NULL CHECK (state IN ('refunded', 'inquiry', 'open', 'won', 'lost')),
        happened_at timestamptz NOT NULL,
        heard_at timestamptz NOT NULL,
        CHECK ((kind = 'refund') = (state = 'refunded'))
      );
      CREATE INDEX payment_returns_payment ON payment_returns (payment_intent);

      CREATE TABLE subscriptions (
        id text PRIMARY KEY,
        order_id text NOT NULL REFERENCES orders (id),
        status text NOT NULL,
        cancel_at timestamptz,
        ended_at timestamptz,
        payment_failed_at timestamptz,
        heard_at timestamptz NOT NULL,
        heard_event text NOT NULL
      );
      CREATE INDEX subscriptions_order ON subscriptions (order_id);

      ALTER TABLE licenses ADD hold text CHECK (hold IN ('suspended', 'revoked')), ADD held_at timestamptz, ADD hold_reason text,
        ADD CONSTRAINT licenses_hold CHECK ((hold IS NULL) = (held_at IS NULL) AND (hold IS NULL) = (hold_reason IS NULL));
      UPDATE licenses SET hold = 'revoked', held_at = revoked_at, hold_reason = revoked_reason WHERE revoked_at IS NOT NULL;
      UPDATE licenses SET hold = 'suspended', held_at = suspended_at, hold_reason = 'suspended'
        WHERE suspended_at IS NOT NULL AND revoked_at IS NULL;

      INSERT INTO license_periods (id, order_id, is_purchase, amount_minor, currency, commission_percent, paid_at)
      SELECT coalesce(o.stripe_payment_intent, o.stripe_session_id, o.id), o.id, true, o.amount_minor, o.currency,
             coalesce((SELECT ceil(100.0 * e.amount_minor / o.amount_minor) FROM ledger_entries e
                        WHERE e.order_id = o.id AND e.kind = 'commission'), 0), l.issued_at
        FROM orders o JOIN licenses l ON l.order_id = o.id WHERE o.status = 'paid';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE licenses DROP CONSTRAINT licenses_hold, DROP COLUMN hold, DROP COLUMN held_at, DROP COLUMN hold_reason;
      DROP TABLE subscriptions; DROP TABLE payment_returns; DROP TABLE invoice_payments; DROP TABLE license_periods;`);
  }
}
