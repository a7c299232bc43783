import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDownloadTallies1764011000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE download_tallies (
        package_id text PRIMARY KEY REFERENCES packages (id),
        downloads int NOT NULL CHECK (downloads > 0)
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE download_tallies;');
  }
}
