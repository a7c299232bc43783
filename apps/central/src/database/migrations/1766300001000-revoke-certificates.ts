import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: certificates that were taken back. */
export class RevokeCertificates1766300001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE certificate_orders DROP CONSTRAINT certificate_orders_state_check,
        DROP CONSTRAINT certificate_orders_check1,
        ADD CONSTRAINT certificate_orders_state CHECK (state IN
          ('awaiting_payment', 'awaiting_validation', 'issuing', 'issued', 'revoked', 'refused', 'canceled')),
        ADD CONSTRAINT certificate_orders_ended CHECK
          ((ended_at IS NOT NULL) = (state IN ('issued', 'revoked', 'refused', 'canceled')));`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE certificate_orders SET state = 'refused' WHERE state = 'revoked';
      ALTER TABLE certificate_orders DROP CONSTRAINT certificate_orders_state, DROP CONSTRAINT certificate_orders_ended,
        ADD CONSTRAINT certificate_orders_state_check CHECK (state IN
          ('awaiting_payment', 'awaiting_validation', 'issuing', 'issued', 'refused', 'canceled')),
        ADD CONSTRAINT certificate_orders_check1 CHECK
          ((ended_at IS NOT NULL) = (state IN ('issued', 'refused', 'canceled')));`);
  }
}
