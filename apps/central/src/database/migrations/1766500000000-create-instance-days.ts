import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expand: the days on which shops called, and indexes for what operators look through. */
export class CreateInstanceDays1766500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE instance_days (
        day date NOT NULL,
        instance_id text NOT NULL REFERENCES instances (id),
        PRIMARY KEY (day, instance_id)
      );
      CREATE INDEX instance_days_instance ON instance_days (instance_id, day);
      CREATE INDEX audit_entries_actor ON audit_entries (actor, id);
      CREATE INDEX audit_entries_action ON audit_entries (action, id);
      CREATE INDEX audit_entries_at ON audit_entries (at);
      CREATE INDEX license_periods_paid ON license_periods (paid_at);
      CREATE INDEX deliveries_created ON deliveries (created_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX deliveries_created;
      DROP INDEX license_periods_paid;
      DROP INDEX audit_entries_at;
      DROP INDEX audit_entries_action;
      DROP INDEX audit_entries_actor;
      DROP TABLE instance_days;`);
  }
}
