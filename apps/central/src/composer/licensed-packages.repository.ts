import type { EntityManager } from 'typeorm';

/** A license as it bears on Composer packages. */
export interface LicensedRow {
  readonly id: string;
  readonly customer_email: string;
  readonly expires_at: Date | null;
  readonly updates_until: Date | null;
  /** Neither revoked nor suspended. */
  readonly is_live: boolean;
  /** The Composer packages sold as its listing. */
  readonly packages: string[];
}

/** Locks a license and says which Composer packages it opens; undefined when there is no such license. */
export async function lockLicensed(tx: EntityManager, licenseId: string): Promise<LicensedRow | undefined> {
  const rows = await tx.query<LicensedRow[]>(
    `SELECT l.id, lower(l.customer_email) AS customer_email, l.expires_at, l.updates_until,
            l.revoked_at IS NULL AND l.suspended_at IS NULL AS is_live,
            ARRAY(SELECT name FROM composer_packages WHERE listing_id = l.package_id ORDER BY name) AS packages
       FROM licenses l WHERE l.id = $1 FOR UPDATE OF l`,
    [licenseId],
  );
  return rows[0];
}

/** Licenses whose Composer rights are not what the license says, oldest first. */
export async function findUnsettled(db: EntityManager, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `SELECT DISTINCT id FROM (
       SELECT l.id FROM licenses l
         JOIN composer_packages p ON p.listing_id = l.package_id
         LEFT JOIN package_token_entitlements e ON e.license_id = l.id AND e.prefix = p.name
        WHERE l.revoked_at IS NULL AND l.suspended_at IS NULL
          AND (e.id IS NULL OR (e.expires_at, e.updates_until) IS DISTINCT FROM (l.expires_at, l.updates_until))
       UNION ALL
       SELECT e.license_id FROM package_token_entitlements e
         JOIN licenses l ON l.id = e.license_id
         LEFT JOIN composer_packages p ON p.name = e.prefix AND p.listing_id = l.package_id
        WHERE l.revoked_at IS NOT NULL OR l.suspended_at IS NOT NULL OR p.name IS NULL
     ) AS unsettled ORDER BY id LIMIT $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}
