import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLicenseMoves1764084200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE license_moves (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        license_id text NOT NULL REFERENCES licenses (id),
        from_instance_id text NOT NULL REFERENCES instances (id),
        to_instance_id text NOT NULL REFERENCES instances (id),
        moved_by text NOT NULL,
        moved_at timestamptz NOT NULL,
        undone_at timestamptz,
        CHECK (from_instance_id <> to_instance_id)
      );
      CREATE INDEX license_moves_license ON license_moves (license_id, moved_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE license_moves;`);
  }
}
