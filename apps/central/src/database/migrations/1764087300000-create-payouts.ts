import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePayouts1764087300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payout_accounts (
        publisher_id text PRIMARY KEY REFERENCES publishers (id),
        email text NOT NULL,
        country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
        stripe_account text UNIQUE,
        details_submitted boolean NOT NULL,
        is_payable boolean NOT NULL,
        due text[] NOT NULL,
        disabled_reason text,
        opened_at timestamptz NOT NULL,
        heard_at timestamptz NOT NULL
      );

      CREATE TABLE payouts (
        id text PRIMARY KEY,
        publisher_id text NOT NULL REFERENCES payout_accounts (publisher_id),
        week date NOT NULL CHECK (extract(isodow FROM week) = 1),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        amount_minor int NOT NULL CHECK (amount_minor > 0),
        status text NOT NULL CHECK (status IN ('planned', 'paid', 'failed')),
        stripe_account text NOT NULL,
        stripe_transfer text UNIQUE,
        planned_at timestamptz NOT NULL,
        decided_at timestamptz,
        failure text,
        CONSTRAINT payouts_once UNIQUE (publisher_id, week, currency),
        CHECK ((status = 'paid') = (stripe_transfer IS NOT NULL)),
        CHECK ((status = 'failed') = (failure IS NOT NULL)),
        CHECK ((status = 'planned') = (decided_at IS NULL))
      );
      CREATE INDEX payouts_planned ON payouts (planned_at) WHERE status = 'planned';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE payouts; DROP TABLE payout_accounts;`);
  }
}
