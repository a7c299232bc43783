import { poolOf } from '@hansa/platform';
import type { DataSource } from 'typeorm';
import type { CanonicalFeedQuery } from './feed-query.js';
import { CHANNELS_FOR } from './find-updates.js';
import { advisoriesSql, DEPRECATION_SQL, type DeprecationColumns } from './notice-views.js';
import type { PackageAdvisory } from './package-advisory.entity.js';
import { semverSortKey } from './semver-sort-key.js';

/** What the feed shows of one package. */
export interface ListedRow extends DeprecationColumns {
  readonly id: string;
  readonly marketplace_id: string;
  readonly name: string;
  readonly type: string;
  readonly summary: string;
  readonly categories: readonly string[];
  /** Name of the hub's copy. */
  readonly icon_picture: string | null;
  readonly license_kind: string;
  readonly price_minor: number;
  readonly currency: string;
  readonly billing_interval: string | null;
  readonly trial_days: number | null;
  readonly downloads: number;
  readonly publisher_name: string;
  readonly publisher_verified: boolean;
  readonly version: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly manifest: Record<string, unknown>;
  readonly signature: string;
  readonly public_jwk: Record<string, unknown>;
  readonly min_platform: string;
  readonly published_at: Date;
}

export interface ProductRow extends ListedRow {
  readonly description: string;
  readonly screenshot_pictures: readonly string[];
  readonly versions: readonly VersionRow[];
  readonly advisories: readonly Omit<PackageAdvisory, 'packageId'>[] | null;
}

export interface VersionRow {
  readonly id: string;
  readonly version: string;
  readonly status: 'published' | 'yanked';
  readonly published_at: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly changelog: string;
  readonly min_platform: string;
  readonly max_platform: string | null;
  readonly channel: string;
  readonly security: boolean;
  readonly rollout_percent: number;
}

const LISTED = `p.id, p.marketplace_id, p.name, p.type, p.summary, p.categories, p.icon_picture, p.license_kind, p.price_minor, p.currency,
  p.billing_interval, p.trial_days, p.downloads,
  publishers.name AS publisher_name, publishers.verified_at IS NOT NULL AS publisher_verified,
  r.version, r.sha256, r.size_bytes, r.signature, keys.public_jwk, r.min_platform, r.published_at, ${DEPRECATION_SQL}`;
const JOINED = `JOIN publishers ON publishers.id = p.publisher_id JOIN publisher_keys keys ON keys.kid = r.key_kid`;

const ORDER: Readonly<Record<CanonicalFeedQuery['sort'], string>> = {
  relevance: 'DESC',
  newest: 'DESC',
  updated: 'DESC',
  name: 'ASC',
  popular: 'DESC',
};

/** One page of the feed and how many packages there are in all, in one statement. */
export async function listPackages(
  dataSource: DataSource,
  query: CanonicalFeedQuery,
): Promise<{ total: number; rows: ListedRow[] }> {
  const { text, values } = feedStatement(query);
  const { rows } = await poolOf(dataSource).query<ListedRow & { total: number }>(text, values);
  return { total: rows[0]?.total ?? 0, rows: rows.filter(({ id }) => (id as string | null) !== null) };
}

/** `hits` holds ids only; the wide columns are read for one page. A page beyond the end still counts the hits. */
function feedStatement(query: CanonicalFeedQuery): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const search = query.words && `to_tsquery('simple', ${bind(query.words.map((word) => `${word}:*`).join(' & '))})`;
  const rank: Record<CanonicalFeedQuery['sort'], string> = {
    relevance: search ? `ts_rank(p.search, ${search})` : 'p.downloads',
    newest: 'p.first_published_at',
    updated: 'p.last_published_at',
    name: 'lower(p.name)',
    popular: 'p.downloads',
  };
  const conditions = [
    query.type && `p.type = ${bind(query.type)}`,
    search && `p.search @@ ${search}`,
    query.category && `p.categories @> ARRAY[${bind(query.category)}]`,
    query.price && (query.price === 'free' ? 'p.price_minor = 0' : 'p.price_minor > 0'),
  ].filter(Boolean);
  const text = `
    WITH hits AS MATERIALIZED (
      SELECT p.id, ${rank[query.sort]} AS rank, ${releaseOf(query, bind)}
       ${conditions.map((condition) => `AND ${String(condition)}`).join(' ')}),
    page AS (SELECT * FROM hits ORDER BY rank ${ORDER[query.sort]}, id LIMIT ${bind(query.limit)} OFFSET ${bind(query.offset)})
    SELECT counted.total, shown.* FROM (SELECT count(*)::int AS total FROM hits) counted
      LEFT JOIN (SELECT page.rank, ${LISTED}, r.manifest - 'description' - 'changelog' AS manifest
                   FROM page JOIN packages p ON p.id = page.id JOIN releases r ON r.id = page.release_id ${JOINED}) shown ON true
     ORDER BY shown.rank ${ORDER[query.sort]}, shown.id`;
  return { text, values };
}

/** Which release stands for a package: the latest, or the highest one the asking shop can run. */
function releaseOf(query: CanonicalFeedQuery, bind: (value: unknown) => string): string {
  if (query.platformVersion === null && query.channel === 'stable') {
    return 'p.latest_release_id AS release_id FROM packages p WHERE p.latest_release_id IS NOT NULL';
  }
  const platform = query.platformVersion === null ? null : bind(semverSortKey(query.platformVersion));
  const runs = platform
    ? `AND min_platform_key <= ${platform} AND (max_platform_key IS NULL OR max_platform_key >= ${platform})`
    : '';
  return `fitting.id AS release_id FROM packages p CROSS JOIN LATERAL (
    SELECT id FROM releases WHERE package_id = p.id AND status = 'published' AND channel = ANY(${bind(CHANNELS_FOR[query.channel])})
      ${runs} ORDER BY version_key DESC LIMIT 1) fitting WHERE p.first_published_at IS NOT NULL`;
}

const PRODUCT_SQL = `
  SELECT ${LISTED}, r.manifest, p.description, p.screenshot_pictures, a.advisories,
         (SELECT json_agg(json_build_object('id', v.id, 'version', v.version, 'status', v.status, 'published_at', v.published_at,
             'sha256', v.sha256, 'size_bytes', v.size_bytes, 'changelog', v.changelog, 'min_platform', v.min_platform,
             'max_platform', v.max_platform, 'channel', v.channel, 'security', v.security,
             'rollout_percent', v.rollout_percent) ORDER BY v.version_key DESC)
            FROM releases v WHERE v.package_id = p.id AND v.status IN ('published', 'yanked')) AS versions
    FROM packages p
    JOIN releases r ON r.id = COALESCE(p.latest_release_id,
      (SELECT id FROM releases WHERE package_id = p.id AND status = 'published' ORDER BY version_key DESC LIMIT 1))
    ${JOINED}
    LEFT JOIN LATERAL (${advisoriesSql('package_id = p.id')}) a ON true
   WHERE p.marketplace_id = $1`;

/** One package with all versions, newest first; undefined when no published release is left of it. */
export async function findProduct(dataSource: DataSource, marketplaceId: string): Promise<ProductRow | undefined> {
  const { rows } = await poolOf(dataSource).query<ProductRow>(PRODUCT_SQL, [marketplaceId]);
  return rows[0];
}
