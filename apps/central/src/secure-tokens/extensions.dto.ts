import { MARKETPLACE_ID, PageOf } from '@hansa/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const orNull = (_: unknown, value: unknown) => value !== null && value !== undefined;
const EXTENSION_ID = /^[a-z0-9][a-z0-9-]{1,62}$/;

/** Body of `PUT /console/extensions/:id`. */
export class ReplaceExtensionRequest {
  @IsString() @Length(1, 120) name!: string;
  /** Origins of the APIs its tokens may be for. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  api_origins!: string[];
  /** Origins its pages may be served from. */
  @IsArray() @ArrayMaxSize(10) @IsString({ each: true }) @MaxLength(255, { each: true }) frontend_origins!: string[];
  /** The page the portal shows; on one of the front-end origins. */
  @ValidateIf(orNull) @IsString() @MaxLength(2_048) frontend_url?: string | null;
  /** The package whose license it runs on; none is needed when left out. */
  @ValidateIf(orNull) @Matches(MARKETPLACE_ID) marketplace_id?: string | null;
  @IsOptional() @IsBoolean() enabled?: boolean;
}

/** Body of `POST /console/extensions`. */
export class RegisterExtensionRequest extends ReplaceExtensionRequest {
  @Matches(EXTENSION_ID) id!: string;
}

export class InstallExtensionRequest {
  @IsOptional() @IsBoolean() enabled?: boolean;
}

export class ExtensionResponse {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() package_id!: string | null;
  /** The same package as people know it. */
  @IsOptional() @IsString() marketplace_id!: string | null;
  @IsArray() @IsString({ each: true }) api_origins!: string[];
  @IsArray() @IsString({ each: true }) frontend_origins!: string[];
  @IsOptional() @IsString() frontend_url!: string | null;
  @IsString() created_at!: string;
  @IsOptional() @IsString() disabled_at!: string | null;
}

/** A shop that has an extension. */
export class ExtensionShopView {
  @IsString() instance_id!: string;
  @IsString() base_url!: string;
  @IsString() installed_at!: string;
  @IsBoolean() enabled!: boolean;
}

export class ExtensionsResponse extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ExtensionResponse) items!: ExtensionResponse[];
}

export class ExtensionShopsResponse extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ExtensionShopView) items!: ExtensionShopView[];
}
