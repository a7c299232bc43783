import type { Advisory, Deprecation } from '@hansa/contracts';
import type { PackageAdvisory } from './package-advisory.entity.js';

/** Columns of a package that say whether it is deprecated; `successor` is the id shops know. */
export interface DeprecationColumns {
  readonly deprecated_at: string | Date | null;
  readonly deprecation_message: string | null;
  readonly successor: string | null;
}

/** Of `packages p`; needs no join for the packages that have no successor. */
export const DEPRECATION_SQL = `p.deprecated_at, p.deprecation_message,
  CASE WHEN p.successor_id IS NOT NULL THEN (SELECT s.marketplace_id FROM packages s WHERE s.id = p.successor_id) END AS successor`;

/** Null for a package that is cared for. */
export function deprecationOf(row: DeprecationColumns): Deprecation | null {
  if (row.deprecated_at === null) return null;
  const since = new Date(row.deprecated_at).toISOString();
  return {
    since,
    message: row.deprecation_message ?? '',
    ...(row.successor === null ? {} : { successor: row.successor }),
  };
}

/** An advisory as shops are told of it. */
export function advisoryView(advisory: Omit<PackageAdvisory, 'packageId'>, marketplaceId: string): Advisory {
  const { id, affected, fixedIn, severity, summary, referenceUrls, publishedAt, withdrawnAt } = advisory;
  return {
    advisory_id: id,
    marketplace_id: marketplaceId,
    affected,
    ...(fixedIn === null ? {} : { fixed_in: fixedIn }),
    severity,
    summary,
    references: referenceUrls,
    published_at: new Date(publishedAt).toISOString(),
    ...(withdrawnAt === null ? {} : { withdrawn_at: new Date(withdrawnAt).toISOString() }),
  };
}

/** The advisories of a package as JSON with the fields of the entity, newest first; null when there are none. */
export function advisoriesSql(condition: string): string {
  return `SELECT package_id, json_agg(json_build_object('id', id, 'affected', affected, 'fixedIn', fixed_in, 'severity', severity,
      'summary', summary, 'referenceUrls', reference_urls, 'publishedAt', published_at, 'withdrawnAt', withdrawn_at)
      ORDER BY published_at DESC, id) AS advisories
    FROM package_advisories WHERE ${condition} GROUP BY package_id`;
}
