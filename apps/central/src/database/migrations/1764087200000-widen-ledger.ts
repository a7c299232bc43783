import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tax, Stripe's fees and payouts in the ledger. What was paid out belongs to no single order. */
export class WidenLedger1764087200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ledger_postings DROP CONSTRAINT ledger_postings_account_check;
      ALTER TABLE ledger_postings ADD CONSTRAINT ledger_postings_account_check CHECK (account IN
        ('merchant_payment', 'hub_fee', 'publisher_payable', 'tax', 'stripe_fee', 'refund', 'dispute', 'payout'));
      ALTER TABLE ledger_postings ALTER order_id DROP NOT NULL;
      ALTER TABLE ledger_postings ADD CONSTRAINT ledger_postings_payout
        CHECK (CASE WHEN order_id IS NULL THEN account IN ('publisher_payable', 'payout') ELSE account <> 'payout' END);

      CREATE TABLE stripe_fees (
        id text PRIMARY KEY,
        payment_id text NOT NULL REFERENCES license_periods (id),
        fee_minor int NOT NULL,
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        charged_at timestamptz NOT NULL
      );
      CREATE INDEX stripe_fees_payment ON stripe_fees (payment_id);
      CREATE INDEX stripe_fees_charged ON stripe_fees (charged_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE stripe_fees;
      ALTER TABLE ledger_postings DISABLE TRIGGER ledger_postings_final;
      DELETE FROM ledger_postings WHERE group_id IN
        (SELECT group_id FROM ledger_postings WHERE account IN ('tax', 'stripe_fee', 'payout'));
      ALTER TABLE ledger_postings ENABLE TRIGGER ledger_postings_final;
      ALTER TABLE ledger_postings DROP CONSTRAINT ledger_postings_payout;
      ALTER TABLE ledger_postings ALTER order_id SET NOT NULL;
      ALTER TABLE ledger_postings DROP CONSTRAINT ledger_postings_account_check;
      ALTER TABLE ledger_postings ADD CONSTRAINT ledger_postings_account_check
        CHECK (account IN ('merchant_payment', 'hub_fee', 'publisher_payable', 'refund', 'dispute'));`);
  }
}
