import type { LicenseReason } from './license.js';

/** What a license lets its plugin do: run, run for a limited time, or not run. */
export type LicenseState = 'active' | 'grace' | 'stopped';

/** Everything that decides what a plugin may do, at the hub, at the shop and on their screens alike. */
export interface LicenseFacts {
  /** When the hub first said no; null while it says yes. */
  readonly failedAt: Date | null;
  readonly failureReason: LicenseReason | null;
  /** Days the plugin may go on after that no; null means the ordinary number. */
  readonly graceDays: number | null;
  /** How long the last good word of the hub carries the plugin; null for ever, as the hub itself sees it. */
  readonly carriedUntil: Date | null;
  /** When the license itself ends; null means perpetual. */
  readonly expiresAt: Date | null;
  /** Releases published later are not covered; null means all are. */
  readonly updatesUntil: Date | null;
}

/** From `from` on the plugin may do what `state` says, until the next step; null means from the beginning. */
export interface LicenseStep {
  readonly from: Date | null;
  readonly state: LicenseState;
  readonly words: string;
}

export interface LicenseExplanation {
  readonly state: LicenseState;
  /** When the state ends by itself, if nothing is heard; null when it does not. */
  readonly until: Date | null;
  /** The clock shows less than has been already. */
  readonly clockMovedBack: boolean;
  /** Sentences for people: what holds now, and what happens on which day. */
  readonly words: readonly string[];
}

/** Days of grace unless the hub says otherwise (federation.md §4). */
export const GRACE_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Clocks are set right by seconds all the time: nobody gains from so little. */
const CLOCK_LEEWAY_MS = 5 * 60 * 1_000;

/** Days a plugin may go on after the hub's no. Money that went back and a decision of an operator count at once. */
export function graceDaysAfter(reason: LicenseReason): number {
  return reason === 'REVOKED' || reason === 'SUSPENDED' ? 0 : GRACE_DAYS;
}

const WHY: Readonly<Record<LicenseReason, string>> = {
  NOT_FOUND: 'the hub does not know its key',
  REVOKED: 'it was revoked',
  SUSPENDED: 'it is suspended',
  EXPIRED: 'it has expired',
  PRODUCT_MISMATCH: 'it is for another product',
  INSTANCE_MISMATCH: 'it is for another shop',
  SEATS_EXHAUSTED: 'all its seats are in use elsewhere',
};

/**
 * What a plugin may do, step by step, earliest first.
 *
 * A failed verdict starts the grace it names, and 0 days stop at once, whatever an old token says. An unreachable hub is no
 * verdict: the last good word carries the plugin to its end, then the ordinary grace follows.
 */
export function stepsOf({ failedAt, failureReason, graceDays, carriedUntil, expiresAt }: LicenseFacts): LicenseStep[] {
  const runs: LicenseStep = { from: null, state: 'active', words: 'The plugin runs.' };
  if (failedAt !== null) {
    const why = failureReason === null ? 'the hub refused it' : WHY[failureReason];
    const days = graceDays ?? GRACE_DAYS;
    const stops: LicenseStep = {
      from: daysAfter(failedAt, days),
      state: 'stopped',
      words: `The plugin stops, because of its license: ${why}.`,
    };
    // A no holds from the moment it is known, also for a clock that shows less.
    if (days <= 0) return [{ ...stops, from: null }];
    return [
      { from: null, state: 'grace', words: `The license is not valid: ${why}. The plugin goes on for now.` },
      stops,
    ];
  }
  if (carriedUntil === null) return [runs];
  const ends =
    expiresAt !== null && expiresAt <= carriedUntil
      ? 'The license ends unless it is renewed. The plugin goes on for now.'
      : 'The last word of the hub lapses unless it is reached before. The plugin goes on for now.';
  return [
    runs,
    { from: carriedUntil, state: 'grace', words: ends },
    {
      from: daysAfter(carriedUntil, GRACE_DAYS),
      state: 'stopped',
      words: 'The plugin stops if nothing good was heard.',
    },
  ];
}

/**
 * Says what a plugin may do at `now` and what happens on which day, from the very steps it is held to. Each limit is itself too
 * late. `latest` is the latest moment that is known to have been: a clock that was moved back gains nothing.
 */
export function explain(facts: LicenseFacts, now: Date, latest: Date = now): LicenseExplanation {
  const clockMovedBack = latest.getTime() - now.getTime() > CLOCK_LEEWAY_MS;
  const at = latest > now ? latest : now;
  const steps = stepsOf(facts);
  const index = steps.findLastIndex(({ from }) => from === null || from <= at);
  const current = steps[index]!;
  const coming = steps.slice(index + 1);
  return {
    state: current.state,
    until: coming[0]?.from ?? null,
    clockMovedBack,
    words: [
      `${clockMovedBack ? `The clock of this shop was moved back; ${dayOf(at)} counts. ` : ''}${current.words}`,
      ...coming.map(({ from, words }) => `On ${dayOf(from!)}: ${words}`),
      ...wordsOnUpdates(facts.updatesUntil, at),
    ],
  };
}

/** Whether a release of that moment is among the updates of a license; the last moment counts. */
export function coversRelease(updatesUntil: Date | null, publishedAt: Date): boolean {
  return updatesUntil === null || publishedAt <= updatesUntil;
}

/** How long a good verdict carries: to the end of its token or of the license itself, whichever is first. */
export function carriedUntil(token: { readonly exp: number; readonly license_expires_at: string | null }): Date {
  const tokenEnds = token.exp * 1_000;
  const licenseEnds = token.license_expires_at === null ? Infinity : Date.parse(token.license_expires_at);
  return new Date(Number.isNaN(licenseEnds) ? tokenEnds : Math.min(tokenEnds, licenseEnds));
}

function wordsOnUpdates(updatesUntil: Date | null, at: Date): string[] {
  if (updatesUntil === null) return [];
  return coversRelease(updatesUntil, at)
    ? [`Updates are included that are published until ${dayOf(updatesUntil)}.`]
    : [`Updates published after ${dayOf(updatesUntil)} are not included.`];
}

/** `2030-01-31 12:00 UTC` */
function dayOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function daysAfter(start: Date, days: number): Date {
  return new Date(start.getTime() + days * DAY_MS);
}
