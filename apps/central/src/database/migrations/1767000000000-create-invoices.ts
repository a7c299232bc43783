import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stripe's invoices of the orders, beginning with those the hub has heard of already. */
export class CreateInvoices1767000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE invoices (
        id text PRIMARY KEY,
        order_id text NOT NULL REFERENCES orders (id),
        number text NOT NULL,
        status text NOT NULL CHECK (status IN ('open', 'uncollectible', 'paid', 'void')),
        amount_minor int NOT NULL CHECK (amount_minor >= 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        issued_at timestamptz NOT NULL);
      CREATE INDEX invoices_order ON invoices (order_id);
      CREATE INDEX orders_customer ON orders (lower(customer_email));

      INSERT INTO invoices (id, order_id, number, status, amount_minor, currency, issued_at)
      SELECT DISTINCT ON (i ->> 'id') i ->> 'id', o.id, i ->> 'number', i ->> 'status', (i ->> 'total')::int, upper(i ->> 'currency'),
             to_timestamp(coalesce(i ->> 'effective_at', i ->> 'created')::bigint)
        FROM stripe_events e
        CROSS JOIN LATERAL (SELECT e.body::json #> '{data,object}' AS i) AS said
        JOIN orders o ON o.id = i #>> '{parent,subscription_details,metadata,order_id}'
       WHERE e.type IN ('invoice.paid', 'invoice.payment_failed') AND e.handled_at IS NOT NULL AND NOT e.is_refused
         AND i ->> 'number' IS NOT NULL AND i ->> 'status' IN ('open', 'paid') AND i ->> 'total' ~ '^[0-9]{1,9}$'
         AND i ->> 'currency' ~* '^[a-z]{3}$' AND coalesce(i ->> 'effective_at', i ->> 'created') ~ '^[0-9]{1,12}$'
       ORDER BY i ->> 'id', i ->> 'status' DESC;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX orders_customer; DROP TABLE invoices;`);
  }
}
