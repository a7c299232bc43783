import type { ListingRequest } from '@hansa/contracts';

type Priced = Pick<ListingRequest, 'license_kind' | 'price_eur' | 'billing_interval' | 'trial_days'>;
type Shown = Pick<ListingRequest, 'icon_url' | 'screenshots'>;

/** What is wrong with a listing whose fields are each well-formed, or null: rules between fields, and where pictures may come from. */
export function refuseListing(listing: Priced & Shown) {
  const refusal = refusePrice(listing);
  if (refusal) return refusal;
  const pictures = [...(listing.icon_url === undefined ? [] : [listing.icon_url]), ...(listing.screenshots ?? [])];
  // A `javascript:` address would run in the shop admin that shows it.
  if (!pictures.every(isWebAddress)) return 'LISTING_URL_REFUSED';
  return null;
}

/** What is wrong with a price, or null: rules between its fields. */
export function refusePrice(price: Priced) {
  const isSubscription = price.license_kind === 'subscription';
  if ((price.license_kind === 'free') !== (price.price_eur === 0)) return 'PRICE_KIND_MISMATCH';
  if (isSubscription !== (price.billing_interval !== undefined)) return 'BILLING_INTERVAL_MISMATCH';
  if (!isSubscription && price.trial_days !== undefined) return 'TRIAL_MISMATCH';
  return null;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
