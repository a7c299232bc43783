import type {
  BillingInterval,
  Channel,
  FeedProduct,
  FeedResponse,
  LicenseKind,
  PackageType,
  Product,
  ProductVersion,
} from '@hansa/contracts';
import type { CanonicalFeedQuery } from './feed-query.js';
import type { ListedRow, ProductRow, VersionRow } from './feed.repository.js';
import { advisoryView, deprecationOf } from './notice-views.js';
import { majorOf } from './semver-sort-key.js';

/** The documented page (federation.md §2). */
export function feedPage(
  { total, rows }: { total: number; rows: ListedRow[] },
  query: CanonicalFeedQuery,
  hubUrl: string,
): FeedResponse {
  return { products: rows.map((row) => listed(row, hubUrl)), count: total, limit: query.limit, offset: query.offset };
}

/** A product page: the feed's keys, the whole manifest, the description and every version, newest first. */
export function productPage(row: ProductRow, hubUrl: string): Product {
  const versions = row.versions.map((version, i) => versionOf(row.marketplace_id, version, row.versions[i + 1]));
  const advisories = (row.advisories ?? []).map((advisory) => advisoryView(advisory, row.marketplace_id));
  const screenshots = row.screenshot_pictures.map((name) => pictureUrl(hubUrl, name));
  return { ...listed(row, hubUrl), description: row.description, screenshots, versions, advisories };
}

/** Where a release is asked for; the id stands raw in the path. */
export function downloadPath(marketplaceId: string, version: string): string {
  return `/store/marketplace/download/${marketplaceId}/${encodeURIComponent(version)}`;
}

/** `4990` cents are `49.9` euros on the wire. */
export function euros(minor: number): number {
  return minor / 100;
}

/** Pictures come from the hub: shops and browsers call no publisher's server. */
export function pictureUrl(hubUrl: string, name: string): string {
  return `${hubUrl}/pictures/${name}`;
}

function listed(row: ListedRow, hubUrl: string) {
  const deprecated = deprecationOf(row);
  return {
    id: row.id,
    marketplace_id: row.marketplace_id,
    name: row.name,
    type: row.type as PackageType,
    version: row.version,
    price_eur: euros(row.price_minor),
    manifest: row.manifest,
    download_url: downloadPath(row.marketplace_id, row.version),
    sha256: row.sha256,
    published_at: row.published_at.toISOString(),
    summary: row.summary,
    publisher: { name: row.publisher_name, verified: row.publisher_verified },
    license_kind: row.license_kind as LicenseKind,
    ...(row.billing_interval === null ? {} : { billing_interval: row.billing_interval as BillingInterval }),
    ...(row.trial_days === null ? {} : { trial_days: row.trial_days }),
    icon_url: row.icon_picture === null ? null : pictureUrl(hubUrl, row.icon_picture),
    categories: [...row.categories],
    downloads: row.downloads,
    size_bytes: row.size_bytes,
    carphacom_min_version: row.min_platform,
    signature: { publisher: row.signature, key: row.public_jwk },
    ...(deprecated ? { deprecated } : {}),
  } satisfies FeedProduct;
}

function versionOf(marketplaceId: string, row: VersionRow, before: VersionRow | undefined): ProductVersion {
  return {
    version: row.version,
    published_at: new Date(row.published_at).toISOString(),
    sha256: row.sha256,
    size_bytes: row.size_bytes,
    download_url: downloadPath(marketplaceId, row.version),
    changelog: row.changelog,
    carphacom_min_version: row.min_platform,
    carphacom_max_version: row.max_platform,
    channel: row.channel as Channel,
    yanked: row.status === 'yanked',
    security: row.security,
    breaking: before !== undefined && majorOf(before.version) !== majorOf(row.version),
    rollout: { percent: row.rollout_percent, seed: row.id },
  };
}
