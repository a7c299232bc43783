import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What listings cost, with history: a price is never changed, another one takes over. `packages` keeps the one in force. */
export class CreateListingPrices1766000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE listing_prices (
        seq bigint GENERATED ALWAYS AS IDENTITY,
        id text PRIMARY KEY,
        package_id text NOT NULL REFERENCES packages (id),
        license_kind text NOT NULL CHECK (license_kind IN ('free', 'one_time', 'subscription', 'per_instance')),
        amount_minor int NOT NULL CHECK (amount_minor >= 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        billing_interval text CHECK (billing_interval IN ('month', 'year')),
        trial_days int CHECK (trial_days BETWEEN 1 AND 90),
        valid_from timestamptz NOT NULL,
        added_at timestamptz NOT NULL,
        CHECK ((license_kind = 'free') = (amount_minor = 0)),
        CHECK ((license_kind = 'subscription') = (billing_interval IS NOT NULL)),
        CHECK (trial_days IS NULL OR license_kind = 'subscription')
      );
      CREATE INDEX listing_prices_package ON listing_prices (package_id, valid_from DESC, seq DESC);
      CREATE INDEX listing_prices_due ON listing_prices (valid_from);
      CREATE FUNCTION refuse_changed_prices() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'a price is never changed: another one is added' USING ERRCODE = 'check_violation';
      END $$;
      CREATE TRIGGER listing_prices_final BEFORE UPDATE OR DELETE ON listing_prices
        FOR EACH ROW EXECUTE FUNCTION refuse_changed_prices();

      ALTER TABLE packages ADD trial_days int CHECK (trial_days BETWEEN 1 AND 90),
        ADD CONSTRAINT packages_trial CHECK (trial_days IS NULL OR license_kind = 'subscription');
      INSERT INTO listing_prices (id, package_id, license_kind, amount_minor, currency, billing_interval, valid_from, added_at)
      SELECT 'prc_' || substr(id, 6), id, license_kind, price_minor, currency, billing_interval, created_at, created_at FROM packages;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE packages DROP CONSTRAINT packages_trial, DROP COLUMN trial_days;
      DROP TABLE listing_prices; DROP FUNCTION refuse_changed_prices();`);
  }
}
