import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLicenses1764020000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE license_lookup_keys (
        id int PRIMARY KEY CHECK (id = 1),
        key_sealed bytea NOT NULL,
        created_at timestamptz NOT NULL
      );

      CREATE TABLE licenses (
        id text PRIMARY KEY,
        order_id text CONSTRAINT licenses_order UNIQUE,
        package_id text NOT NULL REFERENCES packages (id),
        kind text NOT NULL CHECK (kind IN ('free', 'one_time', 'subscription', 'per_instance')),
        customer_email text NOT NULL,
        key_lookup bytea NOT NULL UNIQUE CHECK (length(key_lookup) = 32),
        key_sealed bytea NOT NULL,
        seats int NOT NULL CHECK (seats > 0),
        instance_id text REFERENCES instances (id),
        issued_at timestamptz NOT NULL,
        expires_at timestamptz,
        updates_until timestamptz,
        suspended_at timestamptz,
        revoked_at timestamptz,
        revoked_reason text,
        CHECK (kind <> 'per_instance' OR instance_id IS NOT NULL),
        CHECK (kind <> 'subscription' OR expires_at IS NOT NULL),
        CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
      );
      CREATE INDEX licenses_bought_by ON licenses (instance_id, package_id);
      CREATE INDEX licenses_package ON licenses (package_id);

      CREATE TABLE license_activations (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        license_id text NOT NULL REFERENCES licenses (id),
        instance_id text NOT NULL REFERENCES instances (id),
        environment text NOT NULL CHECK (environment IN ('production', 'staging', 'development')),
        activated_at timestamptz NOT NULL,
        released_at timestamptz
      );
      CREATE UNIQUE INDEX license_activations_live ON license_activations (license_id, instance_id) WHERE released_at IS NULL;
      CREATE INDEX license_activations_instance ON license_activations (instance_id) WHERE released_at IS NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE license_activations; DROP TABLE licenses; DROP TABLE license_lookup_keys;`);
  }
}
