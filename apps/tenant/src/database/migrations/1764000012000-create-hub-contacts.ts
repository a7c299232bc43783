import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the hub last answered, and since when it has not. */
export class CreateHubContacts1764000012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE hub_contacts (hub_url text PRIMARY KEY, answered_at timestamptz, silent_since timestamptz);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE hub_contacts;`);
  }
}
