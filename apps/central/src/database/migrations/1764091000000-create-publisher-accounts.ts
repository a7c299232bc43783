import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePublisherAccounts1764091000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts ADD COLUMN email_verified_at timestamptz, ADD COLUMN totp_sealed bytea,
        ADD COLUMN totp_enabled_at timestamptz, ADD COLUMN totp_last_step int NOT NULL DEFAULT 0,
        ADD CHECK (totp_enabled_at IS NULL OR totp_sealed IS NOT NULL);
      UPDATE accounts SET email_verified_at = created_at WHERE is_operator;
      CREATE TABLE account_proofs (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );
      CREATE INDEX account_proofs_account ON account_proofs (account_id);

      ALTER TABLE publishers ADD COLUMN agreement_version text, ADD COLUMN agreement_accepted_at timestamptz,
        ADD COLUMN two_person_review boolean NOT NULL DEFAULT false;
      ALTER TABLE publisher_namespaces ADD COLUMN verified_at timestamptz, ADD COLUMN verified_by text;
      UPDATE publisher_namespaces SET verified_at = p.verified_at, verified_by = 'ops' FROM publishers p WHERE p.id = publisher_id;
      CREATE TABLE publisher_members (
        publisher_id text NOT NULL REFERENCES publishers (id),
        account_id text NOT NULL REFERENCES accounts (id),
        role text NOT NULL CHECK (role IN ('owner', 'developer', 'viewer')),
        joined_at timestamptz NOT NULL,
        PRIMARY KEY (publisher_id, account_id)
      );
      CREATE INDEX publisher_members_account ON publisher_members (account_id);
      CREATE TABLE publisher_invitations (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        publisher_id text NOT NULL REFERENCES publishers (id),
        email text NOT NULL CHECK (email = lower(email)),
        role text NOT NULL CHECK (role IN ('owner', 'developer', 'viewer')),
        invited_by text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        accepted_at timestamptz
      );
      CREATE INDEX publisher_invitations_publisher ON publisher_invitations (publisher_id);

      ALTER TABLE publisher_keys ADD COLUMN valid_from timestamptz, ADD COLUMN valid_until timestamptz,
        ADD CHECK (valid_until IS NULL OR valid_until > coalesce(valid_from, added_at));
      ALTER TABLE publisher_tokens ADD COLUMN scopes text[] NOT NULL DEFAULT '{full}', ADD COLUMN hint text;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE publisher_tokens DROP COLUMN scopes, DROP COLUMN hint;
      ALTER TABLE publisher_keys DROP COLUMN valid_from, DROP COLUMN valid_until;
      DROP TABLE publisher_invitations; DROP TABLE publisher_members;
      ALTER TABLE publisher_namespaces DROP COLUMN verified_at, DROP COLUMN verified_by;
      ALTER TABLE publishers DROP COLUMN agreement_version, DROP COLUMN agreement_accepted_at, DROP COLUMN two_person_review;
      DROP TABLE account_proofs;
      ALTER TABLE accounts DROP COLUMN email_verified_at, DROP COLUMN totp_sealed, DROP COLUMN totp_enabled_at,
        DROP COLUMN totp_last_step;`);
  }
}
