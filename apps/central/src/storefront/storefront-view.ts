import type {
  BillingInterval,
  LicenseKind,
  PackageType,
  StorefrontCard,
  StorefrontPermissions,
  StorefrontProduct,
} from '@hansa/contracts';
import { pictureUrl, type ListedRow, type ProductRow } from '#catalog';

/** A package in the catalog: nothing a shop would need a key for. */
export function cardOf(row: ListedRow) {
  return {
    marketplace_id: row.marketplace_id,
    name: row.name,
    summary: row.summary,
    type: row.type as PackageType,
    categories: [...row.categories],
    publisher: { name: row.publisher_name, verified: row.publisher_verified },
    license_kind: row.license_kind as LicenseKind,
    price_minor: row.price_minor,
    currency: row.currency,
    billing_interval: row.billing_interval as BillingInterval | null,
    trial_days: row.trial_days,
    version: row.version,
    downloads: row.downloads,
    icon: row.icon_picture === null ? null : pictureUrl('', row.icon_picture),
    published_at: row.published_at.toISOString(),
  } satisfies StorefrontCard;
}

/** A product page with what can still be had of it. */
export function productOf(row: ProductRow): StorefrontProduct {
  return {
    ...cardOf(row),
    description: row.description,
    screenshots: row.screenshot_pictures.map((name) => pictureUrl('', name)),
    permissions: permissionsOf(row.manifest),
    versions: row.versions
      .filter(({ status }) => status === 'published')
      .map((version) => ({
        version: version.version,
        published_at: new Date(version.published_at).toISOString(),
        size_bytes: version.size_bytes,
        changelog: version.changelog,
        platform_from: version.min_platform,
        platform_to: version.max_platform,
        channel: version.channel,
        security: version.security,
      })),
  };
}

/** The manifest was checked when it was submitted; a field it does not have asks for nothing. */
function permissionsOf({ permissions }: Record<string, unknown>): StorefrontPermissions {
  const { net = [], events = [], storage = false } = (permissions ?? {}) as Partial<StorefrontPermissions>;
  return { net, events, storage };
}
