/** What a package is (federation.md §2). */
export const PACKAGE_TYPES = [
  'payment',
  'fulfillment',
  'b2b-api',
  'storefront-template',
  'admin-extension',
  'marketing',
] as const;
export type PackageType = (typeof PACKAGE_TYPES)[number];

/** How a package is sold (federation.md §8). */
export const LICENSE_KINDS = ['free', 'one_time', 'subscription', 'per_instance'] as const;
export type LicenseKind = (typeof LICENSE_KINDS)[number];

/** How often a subscription is paid. */
export const BILLING_INTERVALS = ['month', 'year'] as const;
export type BillingInterval = (typeof BILLING_INTERVALS)[number];

/** Which releases a shop wants: pre-releases arrive only on request. */
export const CHANNELS = ['stable', 'beta', 'alpha'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What an installation is used for; only production takes a seat. */
export const ENVIRONMENTS = ['production', 'staging', 'development'] as const;
export type InstanceEnvironment = (typeof ENVIRONMENTS)[number];

/** Headers of the federation, lower case as Node hands them over. */
export const HEADERS = {
  publishableKey: 'x-publishable-api-key',
  licenseKey: 'x-license-key',
  instanceId: 'x-instance-id',
  idempotencyKey: 'idempotency-key',
} as const;
