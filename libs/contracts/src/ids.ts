/** `@vendor/name` (federation.md §1). */
export const MARKETPLACE_ID = /^@[a-z0-9][a-z0-9-]{0,38}\/[a-z0-9][a-z0-9._-]{0,63}$/;
/** The vendor half of a marketplace id: what a publisher claims. */
export const NAMESPACE = /^@[a-z0-9][a-z0-9-]{0,38}$/;
/** Manifest id: lower case and hyphens. */
export const PLUGIN_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
export const ULID = '[0-9A-HJKMNP-TV-Z]{26}';
export const LISTING_ID = new RegExp(`^ccmp_${ULID}$`);
export const INSTANCE_ID = new RegExp(`^inst_${ULID}$`);
export const DELIVERY_ID = new RegExp(`^dly_${ULID}$`);
export const SHA256_HEX = /^[0-9a-f]{64}$/;
/** SemVer 2.0.0 without a leading `v`, the grammar of semver.org. */
export const SEMVER =
  /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** The vendor part of a marketplace id, `@` included. */
export function namespaceOf(marketplaceId: string): string {
  return marketplaceId.slice(0, marketplaceId.indexOf('/'));
}
