import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { FeedPublisher } from './feed.js';
import { MARKETPLACE_ID } from './ids.js';
import { PageOf } from './page.js';
import {
  BILLING_INTERVALS,
  LICENSE_KINDS,
  PACKAGE_TYPES,
  type BillingInterval,
  type LicenseKind,
  type PackageType,
} from './vocabulary.js';

/** What everybody may know of a published package. */
export class StorefrontCard {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() name!: string;
  @IsString() summary!: string;
  @IsIn(PACKAGE_TYPES) type!: PackageType;
  @IsString({ each: true }) categories!: string[];
  @ValidateNested() @Type(() => FeedPublisher) publisher!: FeedPublisher;
  @IsIn(LICENSE_KINDS) license_kind!: LicenseKind;
  /** In minor units of `currency`; 0 exactly when it is free. */
  @IsInt() price_minor!: number;
  @IsString() currency!: string;
  @IsOptional() @IsIn(BILLING_INTERVALS) billing_interval!: BillingInterval | null;
  /** Days before the first payment, for shops that never had it. */
  @IsOptional() @IsInt() trial_days!: number | null;
  @IsString() version!: string;
  @IsInt() downloads!: number;
  /** Path of the hub's own copy. */
  @IsOptional() @IsString() icon!: string | null;
  @IsString() published_at!: string;
}

/** Answer of `GET /storefront/packages`. */
export class StorefrontPackages extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => StorefrontCard) items!: StorefrontCard[];
}

export class StorefrontVersion {
  @IsString() version!: string;
  @IsString() published_at!: string;
  @IsInt() size_bytes!: number;
  /** Markdown. */
  @IsString() changelog!: string;
  @IsString() platform_from!: string;
  @IsOptional() @IsString() platform_to!: string | null;
  @IsString() channel!: string;
  @IsBoolean() security!: boolean;
}

/** What a release asks to be allowed, by its manifest. */
export class StorefrontPermissions {
  /** Hosts it talks to. */
  @IsString({ each: true }) net!: string[];
  /** Events of the shop it hears. */
  @IsString({ each: true }) events!: string[];
  @IsBoolean() storage!: boolean;
}

/** Answer of `GET /storefront/packages/{vendor}/{name}`. */
export class StorefrontProduct extends StorefrontCard {
  /** Markdown of its publisher's: never shown unsanitized. */
  @IsString() description!: string;
  /** Paths of the hub's own copies. */
  @IsString({ each: true }) screenshots!: string[];
  @ValidateNested() @Type(() => StorefrontPermissions) permissions!: StorefrontPermissions;
  /** Newest first; what was yanked is not among them. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => StorefrontVersion) versions!: StorefrontVersion[];
}

export class StorefrontCategory {
  @IsString() category!: string;
  @IsInt() packages!: number;
}
/** Answer of `GET /storefront/categories`: the 50 with most packages. */
export class StorefrontCategories {
  @IsArray() @ValidateNested({ each: true }) @Type(() => StorefrontCategory) items!: StorefrontCategory[];
}
