import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the host platform calls an event of its own, so that one it tells twice happens once. */
export class NameHostEvents1766700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE shop_events ADD COLUMN host_id text UNIQUE`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE shop_events DROP COLUMN host_id`);
  }
}
