import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
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
import { PACKAGE_PREFIX } from './package-prefix.js';

/** Seconds since 1970 of the last moment dates of four-digit years know. */
const LAST_SECOND = 253_402_300_799;
export const MAX_RATE_LIMIT = 100_000_000;

/** Shops number customers and orders; a number is read as its digits. */
const ToReference = () =>
  Transform(({ value }: { value: unknown }) => (Number.isSafeInteger(value) ? String(value) : value));

export class PackageTokenMetadata {
  @IsOptional() @ToReference() @IsString() @Length(1, 128) customer_id?: string | null;
  @IsOptional() @IsEmail() @MaxLength(254) customer_email?: string | null;
  @IsOptional() @ToReference() @IsString() @Length(1, 128) order_id?: string | null;
}

/** Body of `POST /api/tokens` (docs/protocol/composer.md §2). */
export class CreatePackageTokenRequest {
  @IsString() @Length(1, 255) description!: string;
  @IsIn(['readonly']) permissions!: 'readonly';
  /** Unix seconds; absent or null means that the token does not expire. */
  @IsOptional() @IsInt() @Min(0) @Max(LAST_SECOND) expires_at?: number | null;
  /** Absent means that the token opens nothing yet. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(150, { each: true })
  @Matches(PACKAGE_PREFIX, { each: true })
  allowed_package_prefixes?: string[] | null;
  /** Requests an hour. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_RATE_LIMIT) rate_limit_max?: number | null;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => PackageTokenMetadata) metadata?: PackageTokenMetadata | null;
  /** Adds to the token the customer already has; makes one when there is none. */
  @IsOptional() @IsBoolean() extend?: boolean | null;
}

/** Body of `PATCH /api/tokens/{id}`: what is absent stays as it is. */
export class ChangePackageTokenRequest {
  @IsOptional() @IsString() @Length(1, 255) description?: string | null;
  /** Unix seconds; null means that the token does not expire. */
  @IsOptional() @IsInt() @Min(0) @Max(LAST_SECOND) expires_at?: number | null;
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(150, { each: true })
  @Matches(PACKAGE_PREFIX, { each: true })
  allowed_package_prefixes?: string[] | null;
  @IsOptional() @IsInt() @Min(1) @Max(MAX_RATE_LIMIT) rate_limit_max?: number | null;
}

export class PackageTokensQuery {
  @IsOptional() @IsString() @Length(1, 128) customer_id?: string;
}

/** A token as it is answered after a change; `token` is there the first time only. */
export class PackageTokenRecord {
  @IsString() id!: string;
  @IsOptional() @IsString() token?: string;
  @IsString() description!: string;
  @IsIn(['readonly']) permissions!: 'readonly';
  /** Unix seconds. */
  @IsOptional() @IsInt() expires_at!: number | null;
  @IsInt() created_at!: number;
}

export class PackageTokenView extends PackageTokenRecord {
  @IsOptional() @IsInt() last_used_at!: number | null;
}

export class EntitlementView {
  @IsString() prefix!: string;
  @IsBoolean() exact!: boolean;
  @IsOptional() @IsString() order_id!: string | null;
  @IsOptional() @IsString() license_id!: string | null;
  @IsOptional() @IsInt() expires_at!: number | null;
  @IsOptional() @IsInt() updates_until!: number | null;
}

/** `GET /api/tokens/{id}`: everything about one token but its secret. */
export class PackageTokenDetail extends PackageTokenView {
  @IsInt() rate_limit_max!: number;
  @IsInt() requests!: number;
  @IsInt() downloads!: number;
  @IsOptional() @IsInt() revoked_at!: number | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => EntitlementView) entitlements!: EntitlementView[];
}

export class CustomerView {
  @IsString() customer_id!: string;
  @IsOptional() @IsString() customer_email!: string | null;
  @IsInt() tokens!: number;
  @IsInt() created_at!: number;
  @IsOptional() @IsInt() last_used_at!: number | null;
}
