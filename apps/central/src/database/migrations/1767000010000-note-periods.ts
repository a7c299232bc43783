import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the hub heard of a payment, for receipts: null for what it heard before it sent any. */
export class NotePeriods1767000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE license_periods ADD noted_at timestamptz;
      CREATE INDEX license_periods_noted ON license_periods (noted_at) WHERE noted_at IS NOT NULL;
      CREATE INDEX orders_paid ON orders (paid_at) WHERE paid_at IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX orders_paid;
      ALTER TABLE license_periods DROP COLUMN noted_at;`);
  }
}
