import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: the hub's own copies of what listings show. */
export class CreatePictures1766500010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pictures (
        sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        type text NOT NULL CHECK (type IN ('png', 'jpg', 'webp', 'gif')),
        size_bytes int NOT NULL CHECK (size_bytes > 0),
        fetched_at timestamptz NOT NULL
      );
      ALTER TABLE packages ADD icon_picture text, ADD screenshot_pictures text[] NOT NULL DEFAULT '{}';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE packages DROP screenshot_pictures, DROP icon_picture;
      DROP TABLE pictures;`);
  }
}
