import type { ListingPriceView, ListingView, ReleaseView } from '@hansa/contracts';
import { euros, type ListingPrice, type Package } from '#catalog';
import type { ReleaseOfPackage } from './releases.repository.js';

/** A release as publishers and operators see it. */
export function releaseView({ release, package: { marketplaceId } }: ReleaseOfPackage): ReleaseView {
  return {
    id: release.id,
    marketplace_id: marketplaceId,
    version: release.version,
    status: release.status,
    sha256: release.sha256,
    size_bytes: release.sizeBytes,
    submitted_at: release.submittedAt.toISOString(),
    published_at: release.publishedAt?.toISOString() ?? null,
    findings: release.findings,
  };
}

export function priceView(price: ListingPrice): ListingPriceView {
  return {
    id: price.id,
    license_kind: price.licenseKind,
    price_eur: euros(price.amountMinor),
    ...(price.billingInterval === null ? {} : { billing_interval: price.billingInterval }),
    ...(price.trialDays === null ? {} : { trial_days: price.trialDays }),
    valid_from: price.validFrom.toISOString(),
    added_at: price.addedAt.toISOString(),
  };
}

export function listingView(listing: Package): ListingView {
  return {
    id: listing.id,
    marketplace_id: listing.marketplaceId,
    name: listing.name,
    type: listing.type as ListingView['type'],
    summary: listing.summary,
    description: listing.description,
    categories: listing.categories,
    license_kind: listing.licenseKind,
    price_eur: euros(listing.priceMinor),
    ...(listing.billingInterval === null ? {} : { billing_interval: listing.billingInterval }),
    ...(listing.trialDays === null ? {} : { trial_days: listing.trialDays }),
    ...(listing.iconUrl === null ? {} : { icon_url: listing.iconUrl }),
    screenshots: listing.screenshots,
  };
}
