import { IsBoolean, IsEmail, IsInt, IsOptional, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';
import { MARKETPLACE_ID, SEMVER } from './ids.js';

/** An instance id as it travels: sealed (a compact JWE) or, where the hub allows it, plain `inst_…`. */
export const INSTANCE_REFERENCE = /^(inst_[0-9A-HJKMNP-TV-Z]{26}|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){4})$/;

/** Body of `POST /store/marketplace/checkout/session`. */
export class CheckoutSessionRequest {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @MaxLength(128) @Matches(SEMVER) version!: string;
  /** For the receipt; the one personal datum a shop sends (federation.md §7). */
  @IsEmail() @MaxLength(254) customer_email!: string;
  @IsString() @Length(1, 2_048) @Matches(INSTANCE_REFERENCE) instance_id!: string;
  /** A license the instance has: the order renews it, or adds seats to it, and makes no other. */
  @IsOptional() @Matches(/^lic_[0-9A-HJKMNP-TV-Z]{26}$/) license_id?: string;
  /** Production instances, for what is sold by instance: of the purchase, or with `license_id` how many more. */
  @IsOptional() @IsInt() @Min(1) @Max(1_000) seats?: number;
  /** Asks for a further license though the instance holds one. */
  @IsOptional() @IsBoolean() another?: boolean;
}

export class CheckoutSessionResponse {
  /** Stripe's hosted page. */
  @IsString() url!: string;
  @IsOptional() @IsString() session_id?: string;
  @IsOptional() @IsString() order_id?: string;
  @IsOptional() @IsString() expires_at?: string;
}
