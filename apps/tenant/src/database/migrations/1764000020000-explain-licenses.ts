import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: what a license says about its own ends, and the latest moment the shop has been through. */
export class ExplainLicenses1764000020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE licenses ADD expires_at timestamptz, ADD updates_until timestamptz;
      CREATE TABLE shop_clock (id int PRIMARY KEY CHECK (id = 1), latest timestamptz NOT NULL);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE shop_clock; ALTER TABLE licenses DROP expires_at, DROP updates_until;`);
  }
}
