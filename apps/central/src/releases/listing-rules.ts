import type { ListingRequest } from '@hansa/contracts';

type Priced = Pick<ListingRequest, 'license_kind' | 'price_eur' | 'billing_interval' | 'icon_url' | 'screenshots'>;

/** What is wrong with a listing whose fields are each well-formed, or null: rules between fields, and where pictures may come from. */
export function refuseListing(listing: Priced) {
  if ((listing.license_kind === 'free') !== (listing.price_eur === 0)) return 'PRICE_KIND_MISMATCH';
  if ((listing.license_kind === 'subscription') !== (listing.billing_interval !== undefined))
    return 'BILLING_INTERVAL_MISMATCH';
  const pictures = [...(listing.icon_url === undefined ? [] : [listing.icon_url]), ...(listing.screenshots ?? [])];
  // A `javascript:` address would run in the shop admin that shows it.
  if (!pictures.every(isWebAddress)) return 'LISTING_URL_REFUSED';
  return null;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
