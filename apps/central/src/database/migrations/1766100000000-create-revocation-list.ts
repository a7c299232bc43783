import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRevocationList1766100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE revocation_list (
        id int PRIMARY KEY CHECK (id = 1),
        sequence bigint NOT NULL,
        jws text NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE TABLE listed_licenses (
        license_id text PRIMARY KEY REFERENCES licenses (id),
        status text NOT NULL CHECK (status IN ('revoked', 'suspended')),
        listed_at timestamptz NOT NULL
      );
      CREATE INDEX listed_licenses_listed_at ON listed_licenses (listed_at);
      CREATE INDEX licenses_not_usable ON licenses (id) WHERE revoked_at IS NOT NULL OR suspended_at IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX licenses_not_usable; DROP TABLE listed_licenses; DROP TABLE revocation_list;`);
  }
}
