import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: links that sign merchants in, and invitations to a shop. No account has proven its e-mail yet. */
export class CreateMerchantLinks1764084100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE merchant_accounts ADD email_proven_at timestamptz;
      CREATE TABLE merchant_links (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        email text CHECK (email = lower(email)),
        instance_id text REFERENCES instances (id),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CHECK ((email IS NULL) <> (instance_id IS NULL))
      );
      CREATE INDEX merchant_links_expiry ON merchant_links (expires_at);
      CREATE INDEX merchant_links_email ON merchant_links (email) WHERE email IS NOT NULL;
      CREATE TABLE merchant_invitations (
        email text NOT NULL CHECK (email = lower(email)),
        instance_id text NOT NULL REFERENCES instances (id),
        role text NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
        invited_by uuid NOT NULL REFERENCES merchant_accounts (id),
        invited_at timestamptz NOT NULL,
        PRIMARY KEY (email, instance_id)
      );
      CREATE INDEX merchant_invitations_instance ON merchant_invitations (instance_id);
      CREATE INDEX licenses_customer ON licenses (lower(customer_email));`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX licenses_customer; DROP TABLE merchant_invitations; DROP TABLE merchant_links;
      ALTER TABLE merchant_accounts DROP COLUMN email_proven_at;`);
  }
}
