import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: cPanel servers that sell what the hub sells, and how their users sign in. */
export class CreateMarketClients1766200001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE market_clients (
        id text PRIMARY KEY CHECK (id ~ '^mcl_[0-9A-HJKMNP-TV-Z]{26}$'),
        name text NOT NULL,
        origins text[] NOT NULL CHECK (cardinality(origins) > 0),
        created_at timestamptz NOT NULL,
        disabled_at timestamptz
      );
      CREATE TABLE market_codes (
        code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
        client_id text NOT NULL REFERENCES market_clients (id),
        account_id uuid NOT NULL REFERENCES merchant_accounts (id),
        redirect_uri text NOT NULL,
        challenge text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );
      CREATE INDEX market_codes_expiry ON market_codes (expires_at);
      CREATE TABLE market_tokens (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        code_hash bytea NOT NULL REFERENCES market_codes (code_hash) ON DELETE CASCADE,
        client_id text NOT NULL REFERENCES market_clients (id),
        account_id uuid NOT NULL REFERENCES merchant_accounts (id),
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz
      );
      CREATE INDEX market_tokens_code ON market_tokens (code_hash);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE market_tokens; DROP TABLE market_codes; DROP TABLE market_clients;');
  }
}
