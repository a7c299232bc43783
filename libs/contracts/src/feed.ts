import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { LISTING_ID, MARKETPLACE_ID, SEMVER, SHA256_HEX } from './ids.js';
import { Advisory, Deprecation } from './notices.js';
import { Rollout } from './updates.js';
import {
  BILLING_INTERVALS,
  CHANNELS,
  LICENSE_KINDS,
  PACKAGE_TYPES,
  type BillingInterval,
  type Channel,
  type LicenseKind,
  type PackageType,
} from './vocabulary.js';

export const FEED_SORTS = ['relevance', 'newest', 'updated', 'name', 'popular'] as const;
export type FeedSort = (typeof FEED_SORTS)[number];

/** Query of `GET /store/marketplace/feed`: `page`/`per_page` or `limit`/`offset`, the former winning. */
export class FeedQuery {
  @IsOptional() @IsIn(PACKAGE_TYPES) type?: PackageType;
  @IsOptional() @IsString() @MaxLength(200) search?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100_000) page?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) per_page?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(10_000_000) offset?: number;
  @IsOptional() @Matches(/^[a-z0-9][a-z0-9-]{0,39}$/) category?: string;
  @IsOptional() @IsIn(['free', 'paid']) price?: 'free' | 'paid';
  @IsOptional() @IsIn(FEED_SORTS) sort?: FeedSort;
  /** Hides what a shop of this platform version cannot run. */
  @IsOptional() @MaxLength(128) @Matches(SEMVER) platform_version?: string;
  @IsOptional() @IsIn(CHANNELS) channel?: Channel;
}

export class ReleaseSignature {
  /** The publisher's detached signature: a compact JWS over the release statement. */
  @IsString() @Length(1, 4_096) publisher!: string;
  /** The public key it verifies with, an Ed25519 JWK. */
  @IsObject() key!: Record<string, unknown>;
}

export class FeedPublisher {
  @IsString() name!: string;
  @IsBoolean() verified!: boolean;
}

/** One package in the feed: its newest version a shop may have. */
export class FeedProduct {
  @Matches(LISTING_ID) id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() name!: string;
  @IsIn(PACKAGE_TYPES) type!: PackageType;
  @Matches(SEMVER) version!: string;
  /** Euros, not cents: `0`, `49`, `49.9`. */
  @IsNumber() @Min(0) price_eur!: number;
  @IsObject() manifest!: Record<string, unknown>;
  @IsString() download_url!: string;
  @Matches(SHA256_HEX) sha256!: string;
  @IsString() published_at!: string;
  @IsOptional() @IsString() summary?: string;
  @IsOptional() @ValidateNested() @Type(() => FeedPublisher) publisher?: FeedPublisher;
  @IsOptional() @IsIn(LICENSE_KINDS) license_kind?: LicenseKind;
  /** How often a subscription is paid; only of subscriptions. */
  @IsOptional() @IsIn(BILLING_INTERVALS) billing_interval?: BillingInterval;
  /** Days before the first payment of a subscription, for shops that never had it; only where there are any. */
  @IsOptional() @IsInt() @Min(1) trial_days?: number;
  @IsOptional() @IsString() icon_url?: string | null;
  @IsOptional() @IsString({ each: true }) categories?: string[];
  @IsOptional() @IsInt() @Min(0) downloads?: number;
  @IsOptional() @IsInt() @Min(0) size_bytes?: number;
  @IsOptional() @IsString() carphacom_min_version?: string;
  @IsOptional() @ValidateNested() @Type(() => ReleaseSignature) signature?: ReleaseSignature;
  /** Only of packages nobody cares for any more. */
  @IsOptional() @ValidateNested() @Type(() => Deprecation) deprecated?: Deprecation;
}

export class FeedResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => FeedProduct) products!: FeedProduct[];
  @IsInt() @Min(0) count!: number;
  @IsInt() @Min(1) limit!: number;
  @IsInt() @Min(0) offset!: number;
}

/** One version on a product page. */
export class ProductVersion {
  @Matches(SEMVER) version!: string;
  @IsString() published_at!: string;
  @Matches(SHA256_HEX) sha256!: string;
  @IsInt() @Min(0) size_bytes!: number;
  @IsString() download_url!: string;
  /** Markdown. */
  @IsString() changelog!: string;
  @IsString() carphacom_min_version!: string;
  @IsOptional() @IsString() carphacom_max_version!: string | null;
  @IsIn(CHANNELS) channel!: Channel;
  @IsBoolean() yanked!: boolean;
  @IsBoolean() security!: boolean;
  /** A major step from the version before it: the merchant is asked first. */
  @IsBoolean() breaking!: boolean;
  /** How far it is rolled out; everywhere when left out. */
  @IsOptional() @ValidateNested() @Type(() => Rollout) rollout?: Rollout;
}

export class Product extends FeedProduct {
  /** Markdown. */
  @IsString() description!: string;
  @IsArray() @IsString({ each: true }) screenshots!: string[];
  /** Newest first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ProductVersion) versions!: ProductVersion[];
  /** Newest first, withdrawn ones too. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Advisory) advisories?: Advisory[];
}

export class ProductResponse {
  @ValidateNested() @Type(() => Product) product!: Product;
}
