import type {
  Advisory,
  ConfigField,
  FeedProduct,
  LicenseKind,
  LicenseReason,
  LicenseState,
  ManifestPermissions,
  PackageType,
  Product,
} from '@hansa/contracts';

/** Paths of the shop's API the screens ask. */
export const PATHS = {
  feed: '/admin/marketplace/feed',
  status: '/admin/marketplace/status',
  checkout: '/admin/marketplace/checkout',
  portal: '/admin/marketplace/portal',
  licenses: '/admin/marketplace/licenses',
  deliveries: '/admin/marketplace/deliveries',
  plugins: '/admin/plugins',
  jobs: '/admin/plugins/jobs',
  updates: '/admin/plugins/check-updates',
  policy: '/admin/plugins/update-policy',
  notifications: '/admin/notifications',
  egress: '/admin/egress',
  settings: '/admin/settings',
} as const;

export const TYPES = [
  'payment',
  'fulfillment',
  'b2b-api',
  'storefront-template',
  'admin-extension',
  'marketing',
] as const satisfies readonly PackageType[];
export const SORTS = ['relevance', 'newest', 'updated', 'name', 'popular'] as const;

/** What this shop has of a product besides: its license, or null. */
export interface Holding {
  readonly owned: { readonly license_id: string | null; readonly state: LicenseState } | null;
}

export type ShopProduct = Product & Holding;

export interface Feed {
  readonly products: readonly (FeedProduct & Holding)[];
  readonly count: number;
  readonly limit: number;
  readonly offset: number;
  readonly stale_since?: string;
  /** `FEDERATION_NOT_CONFIGURED` where the shop has no hub. */
  readonly code?: string;
}

export interface ProductAnswer {
  readonly product: ShopProduct;
  readonly stale_since?: string;
}

export type PluginStateName =
  'starting' | 'running' | 'backing_off' | 'crash_looping' | 'crashed' | 'stopped' | 'disabled';

export interface PluginView {
  readonly id: string;
  readonly marketplace_id: string;
  readonly name: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly disabled_reason: 'BY_ADMIN' | 'LICENSE_FAILED' | null;
  readonly state: PluginStateName;
  readonly reason: { readonly code: string; readonly message: string } | null;
  readonly health: { readonly ok: boolean; readonly message?: string } | null;
  readonly menu_items: readonly { readonly label: string; readonly path: string }[];
  readonly configurable: boolean;
  readonly last_rollback: {
    readonly version: string;
    readonly code: string;
    readonly message: string;
    readonly at: string;
  } | null;
  readonly installed_at: string;
  readonly updated_at: string;
}

export interface PluginDetail extends PluginView {
  readonly description: string;
  readonly author: string;
  readonly permissions: ManifestPermissions;
  readonly kept_releases: readonly { readonly version: string; readonly ran_until: string }[];
}

export const STEPS = ['requested', 'fetched', 'verified', 'staged', 'switched', 'healthy'] as const;
export type Step = (typeof STEPS)[number] | 'rolled_back' | 'failed';
export type Outcome = 'done' | 'rolled_back' | 'failed';

export interface Job {
  readonly id: string;
  readonly kind: 'install' | 'update' | 'rollback';
  readonly marketplace_id: string;
  readonly plugin_id: string | null;
  readonly version: string;
  readonly step: Step;
  readonly steps: readonly { readonly step: Step; readonly at: string }[];
  readonly bytes_done: number;
  readonly bytes_total: number | null;
  readonly outcome: Outcome | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

export interface HubStatus {
  readonly configured: boolean;
  readonly answered_at: string | null;
  readonly silent_since: string | null;
  readonly stale: readonly {
    readonly what: 'catalog' | 'keys' | 'license';
    readonly name: string | null;
    readonly since: string;
    readonly good_until: string | null;
  }[];
}

export interface HeldLicense {
  readonly marketplace_id: string;
  readonly license_id: string | null;
  readonly kind: LicenseKind | null;
  readonly state: LicenseState;
  readonly until: string | null;
  readonly checked_at: string | null;
  readonly expires_at: string | null;
  readonly updates_until: string | null;
  readonly stops_at: string | null;
  readonly reason: LicenseReason | null;
  readonly clock_moved_back: boolean;
}

export interface Decision {
  readonly verdict: 'automatic' | 'ask' | 'hold';
  readonly code: string;
  readonly reason: string;
  readonly until: string | null;
}

export interface AvailableUpdate {
  readonly plugin_id: string;
  readonly marketplace_id: string;
  readonly current: string;
  readonly latest: string;
  readonly decision: Decision;
  readonly versions: readonly { readonly version: string; readonly security: boolean; readonly decision: Decision }[];
}

export interface Updates {
  readonly updates: readonly AvailableUpdate[];
  readonly advisories?: readonly Advisory[];
  readonly checked_at: string;
  readonly stale_since?: string;
}

export type UpdateOutcome = { readonly plugin_id: string; readonly version: string } & (
  { readonly job_id: string } | { readonly code: string; readonly reason: string }
);

export interface Settings {
  readonly platform_version: string;
  readonly environment: string;
  readonly instance_id: string;
  readonly hub: {
    readonly url: string;
    readonly key: string;
    readonly delivery: string;
    readonly mode: 'push' | 'pull' | null;
    readonly registered_at: string | null;
    readonly root: {
      readonly sha256: string;
      readonly source: 'file' | 'first_seen';
      readonly pinned_at: string;
      readonly version: number;
    } | null;
  } | null;
  readonly packages: { readonly max_bytes: number; readonly keep_releases: number };
  readonly egress_days: number;
}

export interface Policy {
  readonly channel: 'stable' | 'beta' | 'alpha';
  readonly cooldown_hours: number;
  readonly cooldown_exempt: readonly string[];
  readonly security_skips_cooldown: boolean;
  readonly pins: readonly { readonly marketplace_id: string; readonly range: string }[];
  readonly allow_list: readonly string[] | null;
  readonly window: {
    readonly days: readonly string[];
    readonly start: string;
    readonly end: string;
    readonly time_zone: string;
  } | null;
}

export interface Config {
  readonly config_schema: Readonly<Record<string, ConfigField>>;
  readonly config: Readonly<Record<string, string | number | boolean>>;
  readonly secrets_set: readonly string[];
}
