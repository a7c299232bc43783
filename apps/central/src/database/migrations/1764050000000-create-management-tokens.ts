import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateManagementTokens1764050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE management_tokens (
        id text PRIMARY KEY,
        publisher_id text REFERENCES publishers (id),
        name text NOT NULL,
        token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
        scopes text[] NOT NULL CHECK (cardinality(scopes) > 0
          AND scopes <@ ARRAY['tokens:read', 'tokens:write', 'customers:read']),
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz
      );

      CREATE TABLE package_tokens (
        id text PRIMARY KEY,
        issuer text NOT NULL,
        token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
        description text NOT NULL,
        rate_limit_max int NOT NULL CHECK (rate_limit_max > 0),
        customer_id text,
        customer_email text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz,
        revision bigint NOT NULL DEFAULT 1
      );
      CREATE INDEX package_tokens_customer ON package_tokens (issuer, customer_id, created_at) WHERE revoked_at IS NULL;
      CREATE INDEX package_tokens_issuer ON package_tokens (issuer, created_at DESC, id DESC) WHERE revoked_at IS NULL;

      CREATE TABLE package_token_entitlements (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        token_id text NOT NULL REFERENCES package_tokens (id),
        prefix text NOT NULL CHECK (prefix ~ '^[a-z0-9][a-z0-9_.-]*/[a-z0-9_.-]*$'),
        exact boolean NOT NULL DEFAULT false,
        order_id text,
        license_id text,
        expires_at timestamptz,
        updates_until timestamptz,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX package_token_entitlements_token ON package_token_entitlements (token_id);
      CREATE UNIQUE INDEX package_token_entitlements_license ON package_token_entitlements (license_id, prefix)
        WHERE license_id IS NOT NULL;

      CREATE TABLE package_token_orders (
        issuer text NOT NULL,
        order_id text NOT NULL,
        token_id text NOT NULL REFERENCES package_tokens (id) DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (issuer, order_id)
      );

      CREATE TABLE package_token_retries (
        issuer text NOT NULL,
        idempotency_key text NOT NULL,
        request_sha256 bytea NOT NULL,
        answer_sealed bytea,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (issuer, idempotency_key)
      );
      CREATE INDEX package_token_retries_age ON package_token_retries (created_at);

      CREATE TABLE package_token_usage (
        token_id text PRIMARY KEY REFERENCES package_tokens (id),
        window_start timestamptz NOT NULL,
        used int NOT NULL,
        granted int NOT NULL,
        last_used_at timestamptz NOT NULL,
        requests bigint NOT NULL DEFAULT 0,
        downloads bigint NOT NULL DEFAULT 0
      ) WITH (fillfactor = 50);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE package_token_usage; DROP TABLE package_token_retries; DROP TABLE package_token_orders;
      DROP TABLE package_token_entitlements; DROP TABLE package_tokens; DROP TABLE management_tokens;`);
  }
}
