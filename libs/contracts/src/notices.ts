import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import semver from 'semver';
import { MARKETPLACE_ID, SEMVER } from './ids.js';
import { PageOf } from './page.js';

/** How bad it is, mildest first. */
export const ADVISORY_SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type AdvisorySeverity = (typeof ADVISORY_SEVERITIES)[number];

/** A SemVer range with at least one comparator in it: `1.x`, `>=1.2.0 <1.4.0`. */
export function IsSemverRange() {
  return (target: object, propertyName: string) => {
    registerDecorator({
      name: 'isSemverRange',
      target: target.constructor,
      propertyName,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && value !== '' && semver.validRange(value) !== null,
        defaultMessage: () => `${propertyName} must be a SemVer range, 1.x or >=1.2.0 <1.4.0`,
      },
    });
  };
}

/** Whether a version lies in the affected range of an advisory. Pre-releases count as the versions they are. */
export function isAffected({ affected }: { readonly affected: string }, version: string): boolean {
  return semver.satisfies(version, affected, { includePrerelease: true });
}

/** A package is no longer cared for; shops are told, and what to move to. */
export class Deprecation {
  /** RFC 3339. */
  @IsString() since!: string;
  @IsString() message!: string;
  /** The package that takes its place. */
  @IsOptional() @Matches(MARKETPLACE_ID) successor?: string;
}

/** What is known to be wrong with some versions of a package. */
export class Advisory {
  @IsString() advisory_id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  /** SemVer range. */
  @IsString() @MaxLength(200) affected!: string;
  /** The first version without it. */
  @IsOptional() @Matches(SEMVER) fixed_in?: string;
  @IsOptional() @IsIn(ADVISORY_SEVERITIES) severity?: AdvisorySeverity;
  @IsString() summary!: string;
  @IsOptional() @IsArray() @IsString({ each: true }) references?: string[];
  /** RFC 3339. */
  @IsOptional() @IsString() published_at?: string;
  /** Set when it turned out to be wrong. */
  @IsOptional() @IsString() withdrawn_at?: string;
}

/** A deprecated package that a shop has, in the answer of `updates`. */
export class DeprecationNotice extends Deprecation {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
}

/** Whether a package is deprecated. What an operator said, its publisher cannot take back. */
export class DeprecationState {
  @IsOptional() @ValidateNested() @Type(() => DeprecationNotice) deprecation!: DeprecationNotice | null;
  @IsBoolean() by_operator!: boolean;
}

/** The advisories of a package, newest first, withdrawn ones too. */
export class AdvisoryList extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => Advisory) items!: Advisory[];
}

/** Body of `PUT …/packages/{vendor}/{name}/deprecation`. */
export class DeprecateRequest {
  @IsString() @Length(1, 1_000) message!: string;
  @IsOptional() @MaxLength(110) @Matches(MARKETPLACE_ID) successor?: string;
}

/** Body of `POST …/packages/{vendor}/{name}/advisories`. */
export class AdvisoryRequest {
  @MaxLength(200) @IsSemverRange() affected!: string;
  /** The first version without it; not in the affected range. */
  @IsOptional() @MaxLength(128) @Matches(SEMVER) fixed_in?: string;
  @IsIn(ADVISORY_SEVERITIES) severity!: AdvisorySeverity;
  @IsString() @Length(1, 500) summary!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @Matches(/^https:\/\//, { each: true })
  @MaxLength(500, { each: true })
  references?: string[];
}

/** Body of `POST …/advisories/{id}/withdraw`. */
export class WithdrawAdvisoryRequest {
  @IsString() @Length(1, 1_000) reason!: string;
}
