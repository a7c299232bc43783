/** What a license lets its plugin do: run, run for a limited time, or not run. */
export type LicenseState = 'active' | 'grace' | 'stopped';

export interface LicenseFacts {
  /** When the hub first said no, and for how many days the plugin may go on after that. Null while it says yes. */
  readonly failedAt: Date | null;
  readonly graceDays: number | null;
  /** How long the last good word of the hub carries the plugin. */
  readonly carriedUntil: Date;
}

export interface Standing {
  readonly state: LicenseState;
  /** When the state ends by itself, if nothing is heard; null when it does not. */
  readonly until: Date | null;
}

/** Days of grace unless the hub says otherwise (federation.md §4). */
export const GRACE_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * What a plugin may do at `now`.
 *
 * A failed verdict starts the grace it names, and 0 days stop at once, whatever an old token says. An unreachable hub is no
 * verdict: the last good word carries the plugin to its end, then the ordinary grace follows. Each limit is itself too late.
 */
export function standingOf({ failedAt, graceDays, carriedUntil }: LicenseFacts, now: Date): Standing {
  if (failedAt === null && now < carriedUntil) return { state: 'active', until: carriedUntil };
  const until = daysAfter(failedAt ?? carriedUntil, failedAt ? (graceDays ?? GRACE_DAYS) : GRACE_DAYS);
  return now < until ? { state: 'grace', until } : { state: 'stopped', until: null };
}

/** How long a good verdict carries: to the end of its token or of the license itself, whichever is first. */
export function carriedUntil(token: { readonly exp: number; readonly license_expires_at: string | null }): Date {
  const tokenEnds = token.exp * 1_000;
  const licenseEnds = token.license_expires_at === null ? Infinity : Date.parse(token.license_expires_at);
  return new Date(Number.isNaN(licenseEnds) ? tokenEnds : Math.min(tokenEnds, licenseEnds));
}

function daysAfter(start: Date, days: number): Date {
  return new Date(start.getTime() + days * DAY_MS);
}
