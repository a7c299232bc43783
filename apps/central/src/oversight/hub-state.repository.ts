import type { DayFigures, DaySales, Figures, HubHealth, SignedFileView } from '@hansa/contracts';
import type { DataSource } from 'typeorm';

/** The first number of the advisory locks that living workers hold; see `Liveness` of the platform. */
const LIVENESS_LOCK = 4_711_002;

/** What asks for an operator. */
export async function hubHealth(db: DataSource, now: Date): Promise<HubHealth> {
  const [row]: HubHealth[] = await db.query(
    `WITH jobs AS (
       SELECT count(*) FILTER (WHERE attempts < max_attempts)::int AS waiting,
              count(*) FILTER (WHERE attempts >= max_attempts AND locked_at IS NULL)::int AS failed,
              coalesce(extract(epoch FROM $1::timestamptz - min(run_at) FILTER (WHERE attempts < max_attempts AND locked_at IS NULL)), 0)
                AS oldest FROM graphile_worker._private_jobs)
     SELECT (SELECT count(DISTINCT objid)::int FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $2
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS workers,
            jobs.waiting AS jobs_waiting, jobs.failed AS jobs_failed, greatest(0, jobs.oldest)::int AS oldest_job_seconds,
            (SELECT count(*)::int FROM deliveries WHERE status = 'pending') AS deliveries_pending,
            (SELECT count(*)::int FROM deliveries WHERE status = 'dead') AS deliveries_dead,
            (SELECT count(*)::int FROM mails WHERE sent_at IS NULL AND refused_at IS NULL) AS mails_waiting,
            (SELECT count(*)::int FROM mails WHERE refused_at IS NOT NULL) AS mails_refused,
            (SELECT count(*)::int FROM releases WHERE status = 'in_review') AS releases_to_review,
            (SELECT count(*)::int FROM publisher_namespaces WHERE verified_at IS NULL) AS namespaces_to_verify,
            (SELECT count(*)::int FROM instance_clones WHERE dismissed_at IS NULL) AS clones,
            (SELECT count(*)::int FROM release_alerts) AS alerts
       FROM jobs`,
    [now, LIVENESS_LOCK],
  );
  return row!;
}

/** One row a UTC day from `from` to before `to`, also for days on which nothing happened. Each table is read once, by an index. */
export function dayFigures(db: DataSource, from: Date, to: Date): Promise<DayFigures[]> {
  return db.query(
    `WITH l AS (SELECT (issued_at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS n FROM licenses
                 WHERE issued_at >= $1 AND issued_at < $2 GROUP BY 1),
          d AS (SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) FILTER (WHERE status = 'delivered')::int AS delivered,
                       count(*) FILTER (WHERE status = 'dead')::int AS dead FROM deliveries
                 WHERE created_at >= $1 AND created_at < $2 GROUP BY 1),
          i AS (SELECT day, count(*)::int AS n FROM instance_days
                 WHERE day >= ($1::timestamptz AT TIME ZONE 'UTC')::date AND day < ($2::timestamptz AT TIME ZONE 'UTC')::date GROUP BY 1)
     SELECT s.day::date::text AS day, coalesce(l.n, 0) AS licenses, coalesce(d.delivered, 0) AS delivered,
            coalesce(d.dead, 0) AS dead, coalesce(i.n, 0) AS active_instances
       FROM generate_series($1::timestamptz AT TIME ZONE 'UTC', $2::timestamptz AT TIME ZONE 'UTC' - interval '1 day', '1 day') AS s (day)
       LEFT JOIN l ON l.day = s.day::date LEFT JOIN d ON d.day = s.day::date LEFT JOIN i ON i.day = s.day::date ORDER BY 1`,
    [from, to],
  );
}

/** What was paid, by UTC day and currency; refunds are not taken off, they belong to their own day. */
export async function daySales(db: DataSource, from: Date, to: Date): Promise<DaySales[]> {
  const rows: (Omit<DaySales, 'amount_minor'> & { amount_minor: string })[] = await db.query(
    `SELECT (paid_at AT TIME ZONE 'UTC')::date::text AS day, currency, count(*)::int AS payments, sum(amount_minor) AS amount_minor
       FROM license_periods WHERE paid_at >= $1 AND paid_at < $2 GROUP BY 1, 2 ORDER BY 1, 2`,
    [from, to],
  );
  return rows.map((row) => ({ ...row, amount_minor: Number(row.amount_minor) }));
}

/** What there is by now. */
export async function totals(db: DataSource): Promise<Omit<Figures, 'days' | 'sales'>> {
  const [row]: Omit<Figures, 'days' | 'sales'>[] = await db.query(
    `SELECT (SELECT count(*)::int FROM packages WHERE latest_release_id IS NOT NULL) AS packages,
            (SELECT count(*)::int FROM publishers) AS publishers, (SELECT count(*)::int FROM instances) AS instances,
            (SELECT count(*)::int FROM licenses WHERE revoked_at IS NULL) AS licenses`,
  );
  return row!;
}

/** The newest signed file of each role; of the bins, the one that ends first. */
export function signedFiles(
  db: DataSource,
): Promise<(Omit<SignedFileView, 'expires_at'> & { readonly expires_at: Date })[]> {
  return db.query(
    `SELECT * FROM (
       (SELECT DISTINCT ON (role) role, version, expires_at FROM tuf_files WHERE role IN ('root', 'snapshot', 'timestamp')
         ORDER BY role, version DESC)
       UNION ALL
       (SELECT 'bins', version, expires_at FROM tuf_bins WHERE expires_at IS NOT NULL ORDER BY expires_at LIMIT 1)) f
     ORDER BY role`,
  );
}
