import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders that add to a license, of several seats, or on trial; and the tax within what was paid. */
export class WidenOrders1766000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders
        ADD purpose text NOT NULL DEFAULT 'purchase' CHECK (purpose IN ('purchase', 'renewal', 'seats')),
        ADD license_id text REFERENCES licenses (id),
        ADD quantity int NOT NULL DEFAULT 1 CHECK (quantity > 0),
        ADD price_id text REFERENCES listing_prices (id),
        ADD trial_days int CHECK (trial_days BETWEEN 1 AND 90),
        ADD is_separate boolean NOT NULL DEFAULT false,
        ADD CONSTRAINT orders_purpose CHECK (purpose = 'purchase' OR license_id IS NOT NULL),
        ADD CONSTRAINT orders_trial CHECK (trial_days IS NULL OR license_kind = 'subscription');
      CREATE INDEX orders_license ON orders (license_id) WHERE license_id IS NOT NULL;
      DROP INDEX orders_open;
      CREATE UNIQUE INDEX orders_open ON orders
        (package_id, version, instance_id, customer_email, amount_minor, currency, license_kind, purpose, quantity,
         coalesce(license_id, ''), coalesce(trial_days, 0), is_separate) WHERE status = 'open';

      ALTER TABLE license_periods DROP CONSTRAINT license_periods_amount_minor_check,
        ADD CONSTRAINT license_periods_amount_minor_check CHECK (amount_minor >= 0),
        ADD tax_minor int NOT NULL DEFAULT 0,
        ADD CONSTRAINT license_periods_tax CHECK (tax_minor BETWEEN 0 AND amount_minor);
      ALTER TABLE payment_returns ADD currency text CHECK (currency ~ '^[A-Z]{3}$');
      ALTER TABLE stripe_events ADD is_refused boolean NOT NULL DEFAULT false;
      CREATE INDEX stripe_events_refused ON stripe_events (received_at DESC, id) WHERE is_refused;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX stripe_events_refused;
      ALTER TABLE stripe_events DROP COLUMN is_refused;
      ALTER TABLE payment_returns DROP COLUMN currency;
      DELETE FROM license_periods WHERE amount_minor = 0;
      ALTER TABLE license_periods DROP CONSTRAINT license_periods_tax, DROP COLUMN tax_minor,
        DROP CONSTRAINT license_periods_amount_minor_check,
        ADD CONSTRAINT license_periods_amount_minor_check CHECK (amount_minor > 0);
      DROP INDEX orders_open;
      ALTER TABLE orders DROP CONSTRAINT orders_purpose, DROP CONSTRAINT orders_trial, DROP COLUMN purpose, DROP COLUMN license_id,
        DROP COLUMN quantity, DROP COLUMN price_id, DROP COLUMN trial_days, DROP COLUMN is_separate;
      UPDATE orders o SET status = 'expired' WHERE status = 'open' AND EXISTS (SELECT 1 FROM orders e WHERE e.status = 'open'
        AND e.id < o.id AND (e.package_id, e.version, e.instance_id, e.customer_email, e.amount_minor, e.currency, e.license_kind)
          = (o.package_id, o.version, o.instance_id, o.customer_email, o.amount_minor, o.currency, o.license_kind));
      CREATE UNIQUE INDEX orders_open ON orders
        (package_id, version, instance_id, customer_email, amount_minor, currency, license_kind) WHERE status = 'open';`);
  }
}
