import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: who halted a rollout; null for those that were halted before, which their publishers may let go on. */
export class NoteWhoHalted1767400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE releases ADD COLUMN rollout_halted_by text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE releases DROP COLUMN rollout_halted_by');
  }
}
