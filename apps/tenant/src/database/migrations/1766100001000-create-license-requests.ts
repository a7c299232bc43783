import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLicenseRequests1766100001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE license_requests (
        id text PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY,
        hub_url text NOT NULL,
        marketplace_id text NOT NULL,
        key_sealed bytea NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX license_requests_marketplace_id ON license_requests (marketplace_id, number);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE license_requests;`);
  }
}
