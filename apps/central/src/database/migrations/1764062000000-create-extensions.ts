import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateExtensions1764062000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE extensions (
        id text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
        name text NOT NULL,
        package_id text REFERENCES packages (id),
        api_origins text[] NOT NULL CHECK (cardinality(api_origins) > 0),
        frontend_origins text[] NOT NULL,
        frontend_url text,
        created_at timestamptz NOT NULL,
        disabled_at timestamptz
      );
      CREATE TABLE extension_installations (
        extension_id text NOT NULL REFERENCES extensions (id),
        instance_id text NOT NULL REFERENCES instances (id),
        installed_at timestamptz NOT NULL,
        disabled_at timestamptz,
        PRIMARY KEY (extension_id, instance_id)
      );
      CREATE INDEX extension_installations_instance ON extension_installations (instance_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE extension_installations; DROP TABLE extensions;`);
  }
}
