import {
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { INSTANCE_ID } from '@hansa/contracts';

const orNull = (_: unknown, value: unknown) => value !== null && value !== undefined;

/** What an operator may change about an issuer. */
export class UpdateExternalIssuerRequest {
  /** Where a browser goes when a sign-in is refused. */
  @IsOptional() @IsString() @MaxLength(2_048) redirect_url?: string;
  @ValidateIf(orNull) @IsString() @MaxLength(2_048) logout_url?: string | null;
  /** Where people arrive when the token names no page: a path of the hub. */
  @IsOptional() @IsString() @MaxLength(512) default_path?: string;
  /** Origins the link back to the platform may have. */
  @IsOptional() @IsArray() @IsString({ each: true }) @MaxLength(255, { each: true }) reader_exit_origins?: string[];
  /** The longest life of a token, 30 to 3,600. */
  @IsOptional() @IsInt() @Min(30) @Max(3_600) max_life_seconds?: number;
  /** People of this issuer become members of this shop. */
  @ValidateIf(orNull) @Matches(INSTANCE_ID) instance_id?: string | null;
}

/** Body of `POST /console/external-issuers`. */
export class CreateExternalIssuerRequest extends UpdateExternalIssuerRequest {
  /** The `iss` of its tokens. */
  @IsString() @Length(1, 255) @Matches(/^[^\p{Cc}]+$/u) issuer!: string;
  @IsString() @MaxLength(2_048) declare redirect_url: string;
}

/** A key in the clear. This answer is the only place it is ever shown. */
export class ExternalIssuerKeyResponse {
  @IsString() kid!: string;
  @IsString() secret!: string;
}

export class ExternalIssuerResponse {
  @IsString() id!: string;
  @IsString() issuer!: string;
  @IsString() redirect_url!: string;
  @IsOptional() @IsString() logout_url!: string | null;
  @IsString() default_path!: string;
  @IsArray() @IsString({ each: true }) reader_exit_origins!: string[];
  @IsInt() max_life_seconds!: number;
  @IsOptional() @IsString() instance_id!: string | null;
  @IsString() created_at!: string;
  @IsOptional() @IsString() disabled_at!: string | null;
}
