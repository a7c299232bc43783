import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateReviews1764092000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE releases ADD COLUMN claimed_by text, ADD COLUMN claimed_at timestamptz, ADD COLUMN yanked_by text,
        ADD CHECK ((claimed_by IS NULL) = (claimed_at IS NULL));
      CREATE TABLE release_approvals (
        release_id text NOT NULL REFERENCES releases (id),
        round int NOT NULL,
        operator text NOT NULL,
        approved_at timestamptz NOT NULL,
        PRIMARY KEY (release_id, round, operator)
      );
      CREATE TABLE release_comments (
        id text PRIMARY KEY,
        release_id text NOT NULL REFERENCES releases (id),
        author text NOT NULL,
        body text NOT NULL,
        internal boolean NOT NULL,
        written_at timestamptz NOT NULL
      );
      CREATE INDEX release_comments_release ON release_comments (release_id, written_at, id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE release_comments; DROP TABLE release_approvals;
      ALTER TABLE releases DROP COLUMN claimed_by, DROP COLUMN claimed_at, DROP COLUMN yanked_by;`);
  }
}
