import { IsEmail, IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { MARKETPLACE_ID, SEMVER } from './ids.js';
import { Advisory } from './notices.js';
import { LICENSE_KINDS, type LicenseKind } from './vocabulary.js';

/** `X-Carpha-Event` of the documented webhook, and its path at the tenant (federation.md §3). */
export const LICENSE_ISSUED = 'license.issued';
export const LICENSE_ISSUED_PATH = '/admin/marketplace/license-issued';
/** Where every other event goes. */
export const EVENTS_PATH = '/admin/marketplace/events';

/** Body of `license.issued`: the first four fields are documented, the others additive. */
export class LicenseIssuedEvent {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @Matches(SEMVER) version!: string;
  @IsString() license_key!: string;
  @IsEmail() purchased_by!: string;
  @IsOptional() @IsString() license_id?: string;
  @IsOptional() @IsIn(LICENSE_KINDS) kind?: LicenseKind;
  @IsOptional() @IsString() expires_at?: string | null;
  @IsOptional() @IsString() updates_until?: string | null;
  @IsOptional() @IsString() token?: string;
}

/** Body of `license.renewed`, `.suspended`, `.revoked` and `.transferred`. */
export class LicenseChangedEvent {
  @IsString() license_id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsOptional() @IsString() expires_at?: string | null;
  @IsOptional() @IsString() updates_until?: string | null;
  @IsOptional() @IsString() reason?: string;
}

/** Body of `release.yanked`. */
export class ReleaseYankedEvent {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @Matches(SEMVER) version!: string;
  @IsString() reason!: string;
}

/** Body of `advisory.published`. */
export class AdvisoryPublishedEvent extends Advisory {}

/** Body of `advisory.withdrawn`: an earlier `advisory.published` was wrong. */
export class AdvisoryWithdrawnEvent {
  @IsString() advisory_id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  /** RFC 3339. Names of events are not signed: no body of another event has this. */
  @IsString() withdrawn_at!: string;
  @IsString() reason!: string;
}

/** What a hub may tell a shop, by event name. */
export interface InstanceEvents {
  'license.issued': LicenseIssuedEvent;
  'license.renewed': LicenseChangedEvent;
  'license.suspended': LicenseChangedEvent;
  'license.revoked': LicenseChangedEvent;
  'license.transferred': LicenseChangedEvent;
  'release.yanked': ReleaseYankedEvent;
  'advisory.published': AdvisoryPublishedEvent;
  'advisory.withdrawn': AdvisoryWithdrawnEvent;
}
export type InstanceEventName = keyof InstanceEvents;

/** The class that validates each event's body. */
export const INSTANCE_EVENTS: { readonly [Name in InstanceEventName]: new () => InstanceEvents[Name] } = {
  'license.issued': LicenseIssuedEvent,
  'license.renewed': LicenseChangedEvent,
  'license.suspended': LicenseChangedEvent,
  'license.revoked': LicenseChangedEvent,
  'license.transferred': LicenseChangedEvent,
  'release.yanked': ReleaseYankedEvent,
  'advisory.published': AdvisoryPublishedEvent,
  'advisory.withdrawn': AdvisoryWithdrawnEvent,
};
