import { CHANNELS, IsSemverRange, MARKETPLACE_ID, NAMESPACE, type Channel } from '@hansa/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsTimeZone,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const CLOCK_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** A package, or all packages of a publisher. */
const PACKAGE_OR_PUBLISHER = /^@[a-z0-9][a-z0-9-]{0,38}(\/[a-z0-9][a-z0-9._-]{0,63})?$/;
const MOST_ENTRIES = 1_000;

/** When updates may be installed by themselves. The days are those it opens on; an end before the start is on the day after. */
export class MaintenanceWindow {
  @IsArray() @ArrayNotEmpty() @ArrayMaxSize(7) @IsIn(WEEKDAYS, { each: true }) days!: Weekday[];
  /** `HH:MM`. Equal to `end`: the whole day. */
  @Matches(CLOCK_TIME) start!: string;
  @Matches(CLOCK_TIME) end!: string;
  /** IANA name. */
  @MaxLength(64) @IsTimeZone() time_zone!: string;
}

/** A package that stays within a SemVer range. */
export class VersionPin {
  @MaxLength(110) @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @MaxLength(128) @IsSemverRange() range!: string;
}

/** What this shop installs by itself: body and answer of `/admin/plugins/update-policy` (docs/protocol/updates.md). */
export class UpdatePolicy {
  @IsIn(CHANNELS) channel!: Channel;
  /** Hours a release must have been out. 0 turns the cool-down off. */
  @IsInt() @Min(0) @Max(8_760) cooldown_hours!: number;
  /** Publishers whose releases need no cool-down. */
  @IsArray() @ArrayMaxSize(MOST_ENTRIES) @Matches(NAMESPACE, { each: true }) cooldown_exempt!: string[];
  /** Whether a security fix, signed as one by its publisher, needs no cool-down. */
  @IsBoolean() security_skips_cooldown!: boolean;
  @IsArray() @ArrayMaxSize(MOST_ENTRIES) @ValidateNested({ each: true }) @Type(() => VersionPin) pins!: VersionPin[];
  /** Packages (`@vendor/name`) and publishers (`@vendor`) that are updated by themselves; null: all. */
  @ValidateIf((_, value) => value !== null)
  @IsArray()
  @ArrayMaxSize(MOST_ENTRIES)
  @Matches(PACKAGE_OR_PUBLISHER, { each: true })
  allow_list!: string[] | null;
  /** Null: at any time. */
  @ValidateIf((_, value) => value !== null)
  @ValidateNested()
  @Type(() => MaintenanceWindow)
  window!: MaintenanceWindow | null;
}

/** Until an admin decides otherwise: patch and minor by themselves, a day after they came out, at any time. */
export const DEFAULT_POLICY: Readonly<UpdatePolicy> = {
  channel: 'stable',
  cooldown_hours: 24,
  cooldown_exempt: [],
  security_skips_cooldown: true,
  pins: [],
  allow_list: null,
  window: null,
};
