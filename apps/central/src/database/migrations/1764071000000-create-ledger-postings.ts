import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Expand: the double-entry ledger beside `ledger_entries`, with what was booked there as balanced groups. `ledger_entries` is
 * written no more; a later release drops it.
 */
export class CreateLedgerPostings1764071000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ledger_postings (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        group_id text NOT NULL,
        order_id text NOT NULL REFERENCES orders (id),
        payment_id text NOT NULL,
        publisher_id text NOT NULL REFERENCES publishers (id),
        account text NOT NULL CHECK (account IN ('merchant_payment', 'hub_fee', 'publisher_payable', 'refund', 'dispute')),
        amount_minor int NOT NULL CHECK (amount_minor <> 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        cause text NOT NULL,
        posted_at timestamptz NOT NULL,
        CONSTRAINT ledger_postings_once UNIQUE (group_id, account)
      );
      CREATE INDEX ledger_postings_order ON ledger_postings (order_id);
      CREATE INDEX ledger_postings_publisher ON ledger_postings (publisher_id, posted_at) WHERE account = 'publisher_payable';

      CREATE FUNCTION refuse_unbalanced_postings() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT 1 FROM ledger_postings WHERE group_id = NEW.group_id
                    GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
          RAISE EXCEPTION 'ledger group % does not sum to zero', NEW.group_id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER ledger_postings_balanced AFTER INSERT ON ledger_postings
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_postings();

      CREATE FUNCTION refuse_changed_postings() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the ledger is only ever added to' USING ERRCODE = 'check_violation';
      END $$;
      CREATE TRIGGER ledger_postings_final BEFORE UPDATE OR DELETE ON ledger_postings
        FOR EACH ROW EXECUTE FUNCTION refuse_changed_postings();

      INSERT INTO ledger_postings (group_id, order_id, payment_id, publisher_id, account, amount_minor, currency, cause, posted_at)
      SELECT 'grp_' || e.order_id, e.order_id, p.id, e.publisher_id,
             CASE e.kind WHEN 'commission' THEN 'hub_fee' ELSE 'publisher_payable' END, e.amount_minor, e.currency,
             'ledger_entries', e.posted_at
        FROM ledger_entries e JOIN license_periods p ON p.order_id = e.order_id WHERE e.amount_minor <> 0;
      INSERT INTO ledger_postings (group_id, order_id, payment_id, publisher_id, account, amount_minor, currency, cause, posted_at)
      SELECT group_id, order_id, payment_id, publisher_id, 'merchant_payment', -sum(amount_minor), currency, cause, min(posted_at)
        FROM ledger_postings GROUP BY group_id, order_id, payment_id, publisher_id, currency, cause;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE ledger_postings; DROP FUNCTION refuse_unbalanced_postings(); DROP FUNCTION refuse_changed_postings();`);
  }
}
