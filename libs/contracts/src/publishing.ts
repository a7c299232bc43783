import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsRFC3339,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { PageOf, PageQuery } from './page.js';
import { LISTING_ID, MARKETPLACE_ID, SEMVER, SHA256_HEX } from './ids.js';
import {
  BILLING_INTERVALS,
  LICENSE_KINDS,
  PACKAGE_TYPES,
  type BillingInterval,
  type LicenseKind,
  type PackageType,
} from './vocabulary.js';

/** States of a release from its first upload on (federation.md §8). */
export const RELEASE_STATUSES = [
  'submitted',
  'in_review',
  'changes_requested',
  'approved',
  'rejected',
  'published',
  'yanked',
] as const;
export type ReleaseStatus = (typeof RELEASE_STATUSES)[number];

/** Header of `POST /publisher/releases` that carries the detached signature; the body is the zip. */
export const RELEASE_SIGNATURE_HEADER = 'x-release-signature';

/** A release as its publisher and the operators see it. */
export class ReleaseView {
  @IsString() id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @Matches(SEMVER) version!: string;
  @IsIn(RELEASE_STATUSES) status!: ReleaseStatus;
  @Matches(SHA256_HEX) sha256!: string;
  @IsInt() @Min(1) size_bytes!: number;
  @IsString() submitted_at!: string;
  @IsOptional() @IsString() published_at!: string | null;
  @IsArray() findings!: ReleaseFinding[];
}

export class ReleaseFinding {
  @IsString() check!: string;
  @IsIn(['error', 'warning', 'info']) severity!: 'error' | 'warning' | 'info';
  @IsString() message!: string;
  @IsOptional() @IsString() file?: string;
  /** Of the file, from 1. */
  @IsOptional() @IsInt() @Min(1) line?: number;
  /** What to do about it. */
  @IsOptional() @IsString() advice?: string;
}

/** Body of `POST /publisher/keys`. */
export class AddPublisherKeyRequest {
  @IsString() @Length(1, 80) name!: string;
  /** Ed25519 public key as JSON text of a JWK. */
  @IsString() @MaxLength(2_000) public_key!: string;
  /** Releases signed before this moment of the hub's clock are refused. */
  @IsOptional() @IsRFC3339() valid_from?: string;
  /** From this moment on nothing new is taken; releases that were stay tied to it. */
  @IsOptional() @IsRFC3339() valid_until?: string;
}

export class PublisherKeyView {
  /** RFC 7638 thumbprint. */
  @IsString() kid!: string;
  @IsString() name!: string;
  @IsString() added_at!: string;
  @IsOptional() @IsString() valid_from?: string | null;
  @IsOptional() @IsString() valid_until?: string | null;
  @IsOptional() @IsString() revoked_at?: string | null;
  @IsOptional() @IsString() revoked_reason?: string | null;
}

/** Body of `PUT /publisher/packages/{marketplaceId}`: what the product page says and costs. */
export class ListingRequest {
  @IsString() @Length(1, 80) name!: string;
  @IsIn(PACKAGE_TYPES) type!: PackageType;
  /** One or two sentences for the catalog. */
  @IsString() @Length(1, 240) summary!: string;
  /** Markdown. */
  @IsString() @Length(1, 20_000) description!: string;
  @IsArray() @ArrayMaxSize(8) @Matches(/^[a-z0-9][a-z0-9-]{0,39}$/, { each: true }) categories!: string[];
  @IsIn(LICENSE_KINDS) license_kind!: LicenseKind;
  /** Euros, at most two decimals; 0 exactly when the kind is `free`. */
  @IsNumber({ maxDecimalPlaces: 2 }) @Min(0) @Max(100_000) price_eur!: number;
  /** How often a subscription is paid. */
  @IsOptional() @IsIn(BILLING_INTERVALS) billing_interval?: BillingInterval;
  /** Days a subscription runs before its first payment. */
  @IsOptional() @IsInt() @Min(1) @Max(90) trial_days?: number;
  @IsOptional() @IsString() @MaxLength(500) icon_url?: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(12)
  @IsString({ each: true })
  @MaxLength(500, { each: true })
  screenshots?: string[];
}

export class ListingView extends ListingRequest {
  @Matches(LISTING_ID) id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
}

/** One of the publisher's packages, published or not. */
export class OwnPackageView {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() name!: string;
  @IsIn(PACKAGE_TYPES) type!: PackageType;
  @IsIn(LICENSE_KINDS) license_kind!: LicenseKind;
  @IsInt() price_minor!: number;
  @IsString() currency!: string;
  /** The published release shops are offered; null while there is none. */
  @IsOptional() @IsString() version!: string | null;
  @IsInt() releases!: number;
  @IsInt() downloads!: number;
  /** Licenses that were not revoked. */
  @IsInt() licenses!: number;
}
export class OwnPackages extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => OwnPackageView) items!: OwnPackageView[];
}

/** Query of `GET /publisher/releases`. */
export class OwnReleasesQuery extends PageQuery {
  @IsOptional() @IsIn(RELEASE_STATUSES) status?: ReleaseStatus;
  @IsOptional() @Matches(MARKETPLACE_ID) marketplace_id?: string;
}
export class OwnReleaseView {
  @IsString() id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() version!: string;
  @IsIn(RELEASE_STATUSES) status!: ReleaseStatus;
  @IsInt() size_bytes!: number;
  @IsString() submitted_at!: string;
  @IsOptional() @IsString() published_at!: string | null;
  /** Findings that stand in the way, and findings to think about. */
  @IsInt() errors!: number;
  @IsInt() warnings!: number;
  @IsInt() rollout_percent!: number;
}
export class OwnReleases extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => OwnReleaseView) items!: OwnReleaseView[];
}

export class ReleaseCheckView {
  @IsString() name!: string;
  @IsIn(['pending', 'done']) status!: 'pending' | 'done';
  @IsOptional() @IsString() finished_at!: string | null;
}
/** How far the checks of a release are, and what was decided. */
export class ReleaseProgress {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ReleaseCheckView) checks!: ReleaseCheckView[];
  @IsOptional() @IsString() review_note!: string | null;
}

/** How many percent of the shops are offered a release, and what they reported of it. */
export class RolloutView {
  @IsInt() percent!: number;
  /** Since when no more shops are offered it, and why; null while it goes on. */
  @IsOptional() @IsString() halted_at!: string | null;
  @IsOptional() @IsString() halt_reason!: string | null;
  /** Then it goes on when an operator says so. */
  @IsBoolean() halted_by_operator!: boolean;
  /** Installations that shops reported and that count, and those of them that failed or were rolled back. */
  @IsInt() reports!: number;
  @IsInt() failures!: number;
}

/** What became of the publisher's share in one month, in one currency. */
export class MonthEarnings {
  /** `2030-01`, UTC. */
  @IsString() month!: string;
  @IsString() currency!: string;
  /** In minor units. */
  @IsInt() earned_minor!: number;
  /** Taken back by refunds and disputes; not positive. */
  @IsInt() returned_minor!: number;
  @IsInt() paid_out_minor!: number;
}
export class EarningsByMonth {
  @IsArray() @ValidateNested({ each: true }) @Type(() => MonthEarnings) items!: MonthEarnings[];
}

/** Body of `POST /publisher/packages/{marketplaceId}/prices`: what the package costs from a time on. */
export class ListingPriceRequest {
  @IsIn(LICENSE_KINDS) license_kind!: LicenseKind;
  /** Euros, at most two decimals, tax included; of one production instance when the kind is `per_instance`. */
  @IsNumber({ maxDecimalPlaces: 2 }) @Min(0) @Max(100_000) price_eur!: number;
  /** How often a subscription is paid. */
  @IsOptional() @IsIn(BILLING_INTERVALS) billing_interval?: BillingInterval;
  /** Days a subscription runs before its first payment. */
  @IsOptional() @IsInt() @Min(1) @Max(90) trial_days?: number;
  /** At once when left out; never in the past. */
  @IsOptional() @IsRFC3339() valid_from?: string;
}

/** A price of a listing. It never changes: another one takes over. */
export class ListingPriceView {
  @IsString() id!: string;
  @IsIn(LICENSE_KINDS) license_kind!: LicenseKind;
  @IsNumber() price_eur!: number;
  @IsOptional() @IsIn(BILLING_INTERVALS) billing_interval?: BillingInterval;
  @IsOptional() @IsInt() trial_days?: number;
  @IsString() valid_from!: string;
  @IsString() added_at!: string;
}

export class ListingPricesResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ListingPriceView) items!: ListingPriceView[];
  @IsInt() count!: number;
}
