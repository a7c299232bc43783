import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contract: `ledger_postings` holds all that was booked here, and no program that wrote it was ever released. */
export class DropLedgerEntries1764087100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ledger_entries;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ledger_entries (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        order_id text NOT NULL REFERENCES orders (id),
        publisher_id text NOT NULL REFERENCES publishers (id),
        kind text NOT NULL CHECK (kind IN ('publisher_share', 'commission')),
        amount_minor int NOT NULL,
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        posted_at timestamptz NOT NULL,
        CONSTRAINT ledger_entries_once UNIQUE (order_id, kind)
      );
      CREATE INDEX ledger_entries_publisher ON ledger_entries (publisher_id, posted_at);`);
  }
}
