import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MARKETPLACE_ID, SEMVER, SHA256_HEX } from './ids.js';
import { Advisory, DeprecationNotice } from './notices.js';
import { IsVersionMap } from './version-map.js';
import { CHANNELS, type Channel } from './vocabulary.js';

/** Body of `POST /store/marketplace/updates`; the GET form carries the same as query parameters. */
export class UpdatesRequest {
  @IsVersionMap() versions!: Record<string, string>;
  @IsOptional() @MaxLength(128) @Matches(SEMVER) platform_version?: string;
  @IsOptional() @IsIn(CHANNELS) channel?: Channel;
}

/** How far a release is rolled out: an instance takes it when its own bucket, from the seed, is below the percent. */
export class Rollout {
  @IsInt() @Min(0) @Max(100) percent!: number;
  @IsString() seed!: string;
}

export class Update {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @Matches(SEMVER) current!: string;
  @Matches(SEMVER) latest!: string;
  @IsString() changelog_url!: string;
  @IsOptional() @IsBoolean() breaking?: boolean;
  @IsOptional() @IsBoolean() security?: boolean;
  /** True for patch and minor steps, false for a major one (federation.md §8). */
  @IsOptional() @IsBoolean() auto_update?: boolean;
  @IsOptional() @Matches(SHA256_HEX) sha256?: string;
  @IsOptional() @ValidateNested() @Type(() => Rollout) rollout?: Rollout;
}

export class UpdatesResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => Update) updates!: Update[];
  /** Of the asked versions, those with a known flaw, whether or not there is something newer. Left out when there are none. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Advisory) advisories?: Advisory[];
  /** Of the asked packages, those nobody cares for any more. Left out when there are none. */
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DeprecationNotice)
  deprecated?: DeprecationNotice[];
}
