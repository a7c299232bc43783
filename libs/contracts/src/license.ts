import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Matches, Min, ValidateNested } from 'class-validator';
import { INSTANCE_REFERENCE } from './checkout.js';
import { MARKETPLACE_ID } from './ids.js';
import { LICENSE_KINDS, type LicenseKind } from './vocabulary.js';

/** Why a license may not be used, in the order the hub looks (federation.md §2). */
export const LICENSE_REASONS = [
  'NOT_FOUND',
  'REVOKED',
  'SUSPENDED',
  'EXPIRED',
  'PRODUCT_MISMATCH',
  'INSTANCE_MISMATCH',
  'SEATS_EXHAUSTED',
] as const;
export type LicenseReason = (typeof LICENSE_REASONS)[number];

export const LICENSE_STATUSES = ['active', 'suspended', 'revoked', 'expired'] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number];

/** Body of `POST /store/marketplace/license/verify`. The key is read forgivingly, so any short text is well-formed. */
export class VerifyLicenseRequest {
  @IsString() @Length(1, 64) license_key!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() @Length(1, 2_048) @Matches(INSTANCE_REFERENCE) instance_id!: string;
}

export class LicenseView {
  @IsString() id!: string;
  @IsIn(LICENSE_KINDS) kind!: LicenseKind;
  @IsIn(LICENSE_STATUSES) status!: LicenseStatus;
  @IsString() issued_at!: string;
  /** Null means perpetual. */
  @IsOptional() @IsString() expires_at!: string | null;
  /** The last moment whose releases this license may download; null means for ever. */
  @IsOptional() @IsString() updates_until!: string | null;
  @IsInt() @Min(0) seats!: number;
  @IsInt() @Min(0) seats_used!: number;
}

/** Answer of `license/verify`: always 200 for a well-formed question; the verdict is `valid`. */
export class VerifyLicenseResponse {
  @IsBoolean() valid!: boolean;
  @IsOptional() @ValidateNested() @Type(() => LicenseView) license?: LicenseView;
  /** Signed license token for the asking instance, good for 30 days without the hub. */
  @IsOptional() @IsString() token?: string;
  @IsOptional() @IsString() checked_at?: string;
  @IsOptional() @IsString() check_again_at?: string;
  @IsOptional() @IsIn(LICENSE_REASONS) reason?: LicenseReason;
  @IsOptional() @IsString() message?: string;
  /** Days a shop may go on after this verdict; 0 stops at once (revoked for fraud). Absent means 7. */
  @IsOptional() @IsInt() @Min(0) grace?: number;
}

/** A license request of a shop without a line to the hub: its file, or its short form (licenses.md §4). */
export class AnswerLicenseRequest {
  @IsString() @Length(1, 16_384) request!: string;
}

/** The answer to such a request. As it stands it is the file that is carried back to the shop. */
export class LicenseResponseFile {
  /** The license token. */
  @IsString() license_response!: string;
  /** The signed list of revocations of that moment. */
  @IsString() revocations!: string;
  /** The token in a form that can be typed. */
  @IsString() text!: string;
  @IsString() license_id!: string;
  @IsString() instance_id!: string;
}
