import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateExternalIssuers1764061000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE external_issuers (
        id uuid PRIMARY KEY,
        store text NOT NULL,
        issuer text COLLATE "C" NOT NULL,
        redirect_url text NOT NULL,
        logout_url text,
        default_path text NOT NULL,
        reader_exit_origins text[] NOT NULL,
        max_life_seconds int NOT NULL CHECK (max_life_seconds BETWEEN 30 AND 3600),
        instance_id text REFERENCES instances (id),
        created_at timestamptz NOT NULL,
        disabled_at timestamptz,
        CONSTRAINT external_issuers_name UNIQUE (store, issuer)
      );
      CREATE TABLE external_issuer_keys (
        kid text PRIMARY KEY,
        issuer_id uuid NOT NULL REFERENCES external_issuers (id),
        slot text NOT NULL CHECK (slot IN ('current', 'previous')),
        secret_sealed bytea NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT external_issuer_keys_slot UNIQUE (issuer_id, slot) DEFERRABLE INITIALLY IMMEDIATE
      );
      CREATE TABLE external_token_uses (
        store text NOT NULL,
        issuer text COLLATE "C" NOT NULL,
        jti text COLLATE "C" NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (store, issuer, jti)
      );
      CREATE INDEX external_token_uses_expiry ON external_token_uses (expires_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE external_token_uses; DROP TABLE external_issuer_keys; DROP TABLE external_issuers;`);
  }
}
