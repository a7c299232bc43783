import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateInstanceSightings1764084400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE instance_sightings (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        instance_id text NOT NULL REFERENCES instances (id),
        family int NOT NULL CHECK (family IN (4, 6)),
        place text NOT NULL,
        seen_at timestamptz NOT NULL
      );
      CREATE INDEX instance_sightings_instance ON instance_sightings (instance_id, family, id);
      CREATE INDEX instance_sightings_seen ON instance_sightings (seen_at);
      CREATE TABLE instance_clones (
        instance_id text PRIMARY KEY REFERENCES instances (id),
        flagged_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        places text[] NOT NULL,
        dismissed_at timestamptz
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE instance_clones; DROP TABLE instance_sightings;`);
  }
}
