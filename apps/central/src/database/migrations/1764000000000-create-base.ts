import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBase1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entries (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        data jsonb NOT NULL DEFAULT '{}'
      );
      CREATE INDEX audit_entries_subject ON audit_entries (subject, id);

      CREATE TABLE signing_keys (
        kid text PRIMARY KEY,
        purpose text NOT NULL,
        public_jwk jsonb,
        private_sealed bytea NOT NULL,
        created_at timestamptz NOT NULL,
        active_from timestamptz NOT NULL,
        retired_at timestamptz
      );
      CREATE INDEX signing_keys_purpose ON signing_keys (purpose, active_from);

      CREATE TABLE accounts (
        id text PRIMARY KEY,
        email text NOT NULL UNIQUE CHECK (email = lower(email)),
        password_hash text NOT NULL,
        is_operator boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        disabled_at timestamptz
      );
      CREATE TABLE sessions (
        token_hash bytea PRIMARY KEY,
        account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX sessions_expiry ON sessions (expires_at);

      CREATE TABLE publishers (
        id text PRIMARY KEY,
        name text NOT NULL,
        created_at timestamptz NOT NULL,
        verified_at timestamptz
      );
      CREATE TABLE publisher_namespaces (
        namespace text PRIMARY KEY CHECK (namespace ~ '^@[a-z0-9][a-z0-9-]{0,38}$'),
        publisher_id text NOT NULL REFERENCES publishers (id),
        claimed_at timestamptz NOT NULL
      );
      CREATE TABLE publisher_keys (
        kid text PRIMARY KEY,
        publisher_id text NOT NULL REFERENCES publishers (id),
        name text NOT NULL,
        public_jwk jsonb NOT NULL,
        added_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_reason text
      );
      CREATE INDEX publisher_keys_publisher ON publisher_keys (publisher_id);

      CREATE TABLE publishable_keys (
        id text PRIMARY KEY,
        name text NOT NULL,
        key_hash bytea NOT NULL UNIQUE,
        hint text NOT NULL,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz
      );
      CREATE TABLE publisher_tokens (
        id text PRIMARY KEY,
        publisher_id text NOT NULL REFERENCES publishers (id),
        name text NOT NULL,
        token_hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz
      );

      CREATE TABLE instances (
        id text PRIMARY KEY CHECK (id ~ '^inst_[0-9A-HJKMNP-TV-Z]{26}$'),
        base_url text NOT NULL,
        public_jwk jsonb NOT NULL,
        key_thumbprint text NOT NULL,
        platform_version text NOT NULL,
        environment text NOT NULL CHECK (environment IN ('production', 'staging', 'development')),
        mode text NOT NULL CHECK (mode IN ('push', 'pull')),
        webhook_secret_sealed bytea NOT NULL,
        previous_secret_sealed bytea,
        previous_secret_until timestamptz,
        registered_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        push_disabled_at timestamptz
      );
      CREATE TABLE instance_token_uses (
        instance_id text NOT NULL,
        jti text NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (instance_id, jti)
      );
      CREATE INDEX instance_token_uses_expiry ON instance_token_uses (expires_at);

      CREATE TABLE outbox_events (
        id text PRIMARY KEY,
        type text NOT NULL,
        instance_id text NOT NULL REFERENCES instances (id),
        body_sealed bytea NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE TABLE deliveries (
        id text PRIMARY KEY,
        sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        event_id text NOT NULL UNIQUE REFERENCES outbox_events (id),
        instance_id text NOT NULL REFERENCES instances (id),
        status text NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        delivered_at timestamptz,
        created_at timestamptz NOT NULL,
        CHECK ((status = 'delivered') = (delivered_at IS NOT NULL))
      );
      CREATE INDEX deliveries_inbox ON deliveries (instance_id, sequence) WHERE status <> 'delivered';
      CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE status = 'pending';
      CREATE TABLE delivery_attempts (
        delivery_id text NOT NULL REFERENCES deliveries (id),
        attempt int NOT NULL,
        started_at timestamptz NOT NULL,
        duration_ms int NOT NULL,
        http_status int,
        error text,
        response_excerpt text,
        PRIMARY KEY (delivery_id, attempt)
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE delivery_attempts; DROP TABLE deliveries; DROP TABLE outbox_events; DROP TABLE instance_token_uses; DROP TABLE instances;
      DROP TABLE publisher_tokens; DROP TABLE publishable_keys; DROP TABLE publisher_keys; DROP TABLE publisher_namespaces;
      DROP TABLE publishers; DROP TABLE sessions; DROP TABLE accounts; DROP TABLE signing_keys; DROP TABLE audit_entries;`);
  }
}
