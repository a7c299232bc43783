import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMerchants1764060000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE merchant_accounts (
        id uuid PRIMARY KEY,
        store text NOT NULL,
        email text NOT NULL CHECK (email = lower(email)),
        email_generated boolean NOT NULL,
        picture_url text,
        terms_accepted_at timestamptz,
        created_at timestamptz NOT NULL,
        suspended_at timestamptz,
        deleted_at timestamptz,
        CONSTRAINT merchant_accounts_email UNIQUE (store, email)
      );
      CREATE TABLE merchant_identities (
        store text NOT NULL,
        issuer text NOT NULL,
        external_uuid text COLLATE "C" NOT NULL,
        account_id uuid NOT NULL REFERENCES merchant_accounts (id),
        linked_at timestamptz NOT NULL,
        CONSTRAINT merchant_identities_pkey PRIMARY KEY (store, issuer, external_uuid)
      );
      CREATE INDEX merchant_identities_account ON merchant_identities (account_id);
      CREATE TABLE merchant_memberships (
        account_id uuid NOT NULL REFERENCES merchant_accounts (id),
        instance_id text NOT NULL REFERENCES instances (id),
        role text NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
        joined_at timestamptz NOT NULL,
        ended_at timestamptz,
        PRIMARY KEY (account_id, instance_id)
      );
      CREATE INDEX merchant_memberships_instance ON merchant_memberships (instance_id);
      CREATE TABLE merchant_sessions (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        account_id uuid NOT NULL REFERENCES merchant_accounts (id),
        issuer text,
        reader_exit_url text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX merchant_sessions_expiry ON merchant_sessions (expires_at);
      CREATE INDEX merchant_sessions_account ON merchant_sessions (account_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE merchant_sessions; DROP TABLE merchant_memberships; DROP TABLE merchant_identities; DROP TABLE merchant_accounts;`);
  }
}
