import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A rate per publisher with its history; every order keeps the one it was sold at. */
export class CreatePublisherRates1764087000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE publisher_rates (
        publisher_id text NOT NULL REFERENCES publishers (id),
        valid_from timestamptz NOT NULL,
        commission_percent int NOT NULL CHECK (commission_percent BETWEEN 0 AND 100),
        set_at timestamptz NOT NULL,
        PRIMARY KEY (publisher_id, valid_from)
      );

      ALTER TABLE orders ADD commission_percent int CHECK (commission_percent BETWEEN 0 AND 100);
      UPDATE orders o SET commission_percent = coalesce((SELECT p.commission_percent FROM license_periods p
        WHERE p.order_id = o.id ORDER BY p.paid_at, p.id LIMIT 1), 10);
      ALTER TABLE orders ALTER commission_percent SET NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE orders DROP COLUMN commission_percent; DROP TABLE publisher_rates;`);
  }
}
