import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCertificates1766300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE certificate_orders (id text PRIMARY KEY, csr_pem text NOT NULL,
        state text NOT NULL CHECK (state IN
          ('awaiting_payment', 'awaiting_validation', 'issuing', 'issued', 'refused', 'canceled')),
        created_at timestamptz NOT NULL, paid_at timestamptz, due_at timestamptz, tries int NOT NULL DEFAULT 0,
        next_try_at timestamptz, issuer_order jsonb, issuer_orders int NOT NULL DEFAULT 0, certificate_pem text,
        ended_at timestamptz, problem text,
        CHECK (state IN ('awaiting_payment', 'canceled') OR (paid_at IS NOT NULL AND due_at IS NOT NULL)),
        CHECK ((ended_at IS NOT NULL) = (state IN ('issued', 'refused', 'canceled'))));
      CREATE INDEX certificate_orders_next_try ON certificate_orders (next_try_at) WHERE next_try_at IS NOT NULL;
      CREATE INDEX certificate_orders_ended ON certificate_orders (ended_at) WHERE csr_pem <> '';
      CREATE TABLE certificate_names (order_id text NOT NULL REFERENCES certificate_orders (id), name text NOT NULL,
        proven_at timestamptz, problem text, PRIMARY KEY (order_id, name));
      CREATE TABLE certification_keys (issuer text PRIMARY KEY, private_sealed bytea NOT NULL, certificate_pem text,
        created_at timestamptz NOT NULL);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE certification_keys; DROP TABLE certificate_names; DROP TABLE certificate_orders;`);
  }
}
