import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What letters are written about: looked for once a minute. */
export class IndexLicenseLetters1764084300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX licenses_issued ON licenses (issued_at);
      CREATE INDEX licenses_revoked ON licenses (revoked_at) WHERE revoked_at IS NOT NULL;
      CREATE INDEX licenses_updates ON licenses (updates_until) WHERE revoked_at IS NULL AND suspended_at IS NULL;
      CREATE INDEX subscriptions_failed ON subscriptions (payment_failed_at) WHERE payment_failed_at IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX subscriptions_failed; DROP INDEX licenses_updates; DROP INDEX licenses_revoked; DROP INDEX licenses_issued;`);
  }
}
