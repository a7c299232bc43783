import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `composer_charge` counts a batch in one round trip, one token after the other under the lock of its row; the caller sorts them,
 * so that two batches never wait for each other in a ring. What it promises is written at `AccessLedger`.
 */
export class CreateComposerCharge1764052000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE package_token_usage DROP COLUMN granted;

      CREATE TABLE package_token_leases (
        token_id text NOT NULL REFERENCES package_tokens (id),
        process text NOT NULL,
        permits int NOT NULL CHECK (permits > 0),
        window_start timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (token_id, process)
      ) WITH (fillfactor = 50);

      CREATE FUNCTION composer_charge(
        me text, moment timestamptz, hour timestamptz, lease_ttl interval,
        tokens text[], asked int[], wanted int[], unused int[], downloaded int[]
      ) RETURNS TABLE (
        token_id text, granted int, leased int, used int, window_start timestamptz, pending boolean,
        rate_limit_max int, revision bigint, catalog_revision bigint
      ) LANGUAGE plpgsql AS $$
      #variable_conflict use_column
      DECLARE
        spent int; settled int; mine record; dead record;
      BEGIN
        FOR i IN 1 .. coalesce(cardinality(tokens), 0) LOOP
          token_id := tokens[i];
          INSERT INTO package_token_usage AS u (token_id, window_start, used, last_used_at)
            VALUES (tokens[i], hour, 0, moment) ON CONFLICT DO NOTHING;
          SELECT u.window_start, u.used INTO window_start, spent FROM package_token_usage u
           WHERE u.token_id = tokens[i] FOR UPDATE;
          SELECT t.rate_limit_max, t.revision INTO rate_limit_max, revision FROM package_tokens t WHERE t.id = tokens[i];
          IF window_start < hour THEN
            window_start := hour;
            spent := 0;
          END IF;

          settled := 0;
          DELETE FROM package_token_leases l WHERE l.token_id = tokens[i] AND l.process = me
            RETURNING l.permits, l.window_start INTO mine;
          IF FOUND THEN
            settled := mine.permits - least(unused[i], mine.permits);
            IF mine.window_start = window_start THEN
              spent := spent - least(unused[i], mine.permits);
            END IF;
          END IF;
          FOR dead IN DELETE FROM package_token_leases l WHERE l.token_id = tokens[i] AND l.expires_at <= clock_timestamp()
            RETURNING l.permits
          LOOP
            INSERT INTO composer_accesses (at, token_id, action, subject, requests)
              VALUES (moment, tokens[i], 'unaccounted', '', dead.permits);
          END LOOP;

          granted := least(asked[i], greatest(0, rate_limit_max - spent));
          leased := least(wanted[i], greatest(0, rate_limit_max - spent - granted) / 8);
          used := spent + granted + leased;
          IF leased > 0 THEN
            INSERT INTO package_token_leases VALUES (tokens[i], me, leased, window_start, clock_timestamp() + lease_ttl);
          END IF;
          pending := granted < asked[i]
            AND EXISTS (SELECT 1 FROM package_token_leases l WHERE l.token_id = tokens[i] AND l.process <> me);
          UPDATE package_token_usage u SET
            window_start = composer_charge.window_start,
            used = composer_charge.used,
            last_used_at = greatest(u.last_used_at, moment),
            requests = u.requests + granted + settled,
            downloads = u.downloads + downloaded[i]
           WHERE u.token_id = tokens[i];
          SELECT r.revision INTO catalog_revision FROM composer_revision r;
          RETURN NEXT;
        END LOOP;
      END $$;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION composer_charge; DROP TABLE package_token_leases;
      ALTER TABLE package_token_usage ADD COLUMN granted int NOT NULL DEFAULT 0;`);
  }
}
