import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: each minute the few payments that are under way are looked through, among all that ever were. */
export class IndexHeldPayments1767300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX orders_held ON orders (id) WHERE status = 'awaiting_payment';
      CREATE INDEX certificate_orders_open ON certificate_orders (id) WHERE ended_at IS NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX certificate_orders_open; DROP INDEX orders_held;`);
  }
}
