import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsRFC3339,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { INSTANCE_ID, MARKETPLACE_ID } from './ids.js';
import { PageOf, PageQuery } from './page.js';

export class ConsolePackageView {
  @IsString() id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() name!: string;
  @IsString() type!: string;
  @IsString() license_kind!: string;
  @IsInt() price_minor!: number;
  @IsString() currency!: string;
  @IsString() publisher_id!: string;
  @IsString() publisher_name!: string;
  /** The published release shops are offered; null while there is none. */
  @IsOptional() @IsString() version!: string | null;
  @IsInt() releases!: number;
  @IsInt() licenses!: number;
  @IsInt() downloads!: number;
  @IsString() created_at!: string;
}
export class ConsolePackages extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ConsolePackageView) items!: ConsolePackageView[];
}

/** How bad OSV databases say it is, mildest last. */
export const DEPENDENCY_SEVERITIES = ['MALICIOUS', 'CRITICAL', 'HIGH', 'MODERATE', 'LOW', 'UNKNOWN'] as const;

/** What an imported OSV database says about one npm package. */
export class DependencyAdvisoryView {
  @IsString() id!: string;
  @IsString() package_name!: string;
  @IsString() summary!: string;
  @IsIn(DEPENDENCY_SEVERITIES) severity!: (typeof DEPENDENCY_SEVERITIES)[number];
  @IsString({ each: true }) aliases!: string[];
  @IsBoolean() withdrawn!: boolean;
  /** When an import last brought something else than was known. */
  @IsString() changed_at!: string;
  /** Published releases it was found in since their publication. */
  @IsInt() releases!: number;
}
export class DependencyAdvisories extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => DependencyAdvisoryView) items!: DependencyAdvisoryView[];
}

/** An imported advisory that was found in a release after its publication. */
export class ReleaseAlertView {
  @IsString() release_id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() version!: string;
  @IsString() advisory_id!: string;
  /** `name@version` */
  @IsString() component!: string;
  @IsString() found_at!: string;
}
export class ReleaseAlerts extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ReleaseAlertView) items!: ReleaseAlertView[];
}

export class ConsolePublisherView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsBoolean() verified!: boolean;
  @IsBoolean() two_person!: boolean;
  @IsString({ each: true }) namespaces!: string[];
  @IsInt() members!: number;
  @IsInt() packages!: number;
  @IsString() created_at!: string;
}
export class ConsolePublishers extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ConsolePublisherView) items!: ConsolePublisherView[];
}

export class ConsoleInstanceView {
  @Matches(INSTANCE_ID) id!: string;
  @IsString() base_url!: string;
  @IsString() environment!: string;
  @IsString() mode!: string;
  @IsString() platform_version!: string;
  /** The endpoint asked for no more pushes. */
  @IsBoolean() push_disabled!: boolean;
  /** Seats it takes now. */
  @IsInt() activations!: number;
  /** Deliveries that wait or were given up. */
  @IsInt() undelivered!: number;
  /** The last UTC day it called; null when it never did. */
  @IsOptional() @IsString() last_active_on!: string | null;
  @IsString() registered_at!: string;
}
export class ConsoleInstances extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ConsoleInstanceView) items!: ConsoleInstanceView[];
}

/** Which entries of the audit log; each field given has to fit exactly. */
export class AuditQuery extends PageQuery {
  @IsOptional() @IsString() @Length(1, 200) actor?: string;
  @IsOptional() @IsString() @Length(1, 200) action?: string;
  @IsOptional() @IsString() @Length(1, 200) subject?: string;
  @IsOptional() @IsRFC3339() from?: string;
  /** Before this moment. */
  @IsOptional() @IsRFC3339() to?: string;
}
export class AuditView {
  @IsString() id!: string;
  @IsString() at!: string;
  @IsString() actor!: string;
  @IsString() action!: string;
  @IsString() subject!: string;
  @IsObject() data!: Record<string, unknown>;
}
export class AuditLog extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AuditView) items!: AuditView[];
}

export const JOB_STATES = ['queued', 'running', 'retrying', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export class JobsQuery extends PageQuery {
  @IsOptional() @IsIn(JOB_STATES) state?: JobState;
  /** A kind of job. */
  @IsOptional() @Matches(/^[a-z0-9-]{1,80}$/) task?: string;
}
export class JobView {
  @IsString() id!: string;
  @IsString() task!: string;
  @IsIn(JOB_STATES) state!: JobState;
  @IsInt() attempts!: number;
  @IsInt() max_attempts!: number;
  /** The earliest moment of the next try. */
  @IsString() run_at!: string;
  @IsString() created_at!: string;
  @IsOptional() @IsString() last_error!: string | null;
}
export class Jobs extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => JobView) items!: JobView[];
}

export const KEY_STATES = ['next', 'current', 'previous', 'retired'] as const;

export class SigningKeyView {
  @IsString() kid!: string;
  @IsString() purpose!: string;
  /** `next` waits for its time, `previous` is accepted and makes nothing any more. */
  @IsIn(KEY_STATES) state!: (typeof KEY_STATES)[number];
  @IsString() created_at!: string;
  @IsString() active_from!: string;
  @IsOptional() @IsString() retired_at!: string | null;
}
export class SignedFileView {
  /** `root`, `timestamp`, `snapshot` or `bins`. */
  @IsString() role!: string;
  @IsInt() version!: number;
  /** Of the one that ends first. */
  @IsString() expires_at!: string;
}
export class KeyStatus {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SigningKeyView) keys!: SigningKeyView[];
  /** The catalog metadata shops verify, by role. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => SignedFileView) metadata!: SignedFileView[];
}

/** What asks for an operator, as numbers; 0 everywhere is a quiet day. */
export class HubHealth {
  /** Processes that do jobs. */
  @IsInt() workers!: number;
  @IsInt() jobs_waiting!: number;
  @IsInt() jobs_failed!: number;
  /** How long the job that should have run first has waited. */
  @IsInt() oldest_job_seconds!: number;
  @IsInt() deliveries_pending!: number;
  @IsInt() deliveries_dead!: number;
  @IsInt() mails_waiting!: number;
  @IsInt() mails_refused!: number;
  @IsInt() releases_to_review!: number;
  @IsInt() namespaces_to_verify!: number;
  @IsInt() clones!: number;
  @IsInt() alerts!: number;
}

export class FiguresQuery {
  /** Whole days, the present one among them. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(365) days?: number;
}
export class DayFigures {
  /** `2030-01-31`, UTC. */
  @IsString() day!: string;
  @IsInt() licenses!: number;
  @IsInt() delivered!: number;
  @IsInt() dead!: number;
  @IsInt() active_instances!: number;
}
export class DaySales {
  @IsString() day!: string;
  @IsString() currency!: string;
  @IsInt() payments!: number;
  @IsInt() amount_minor!: number;
}
export class Figures {
  /** One a day, oldest first, none left out. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => DayFigures) days!: DayFigures[];
  /** Days on which something was paid, oldest first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => DaySales) sales!: DaySales[];
  @IsInt() packages!: number;
  @IsInt() publishers!: number;
  @IsInt() instances!: number;
  @IsInt() licenses!: number;
}
