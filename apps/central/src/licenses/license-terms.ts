import type { BillingInterval, LicenseKind } from '@hansa/contracts';

export interface LicenseTerms {
  readonly seats: number;
  /** Null means perpetual. */
  readonly expiresAt: Date | null;
  /** Null means for ever. */
  readonly updatesUntil: Date | null;
}

interface KindTerms {
  readonly seats: number;
  readonly runs: 'for_ever' | 'one_interval';
  readonly updates: 'for_ever' | 'one_year' | 'while_it_runs';
}

/** What each kind of license grants (federation.md §8). */
const TERMS: Readonly<Record<LicenseKind, KindTerms>> = {
  free: { seats: 1, runs: 'for_ever', updates: 'for_ever' },
  one_time: { seats: 1, runs: 'for_ever', updates: 'one_year' },
  subscription: { seats: 1, runs: 'one_interval', updates: 'while_it_runs' },
  per_instance: { seats: 1, runs: 'for_ever', updates: 'one_year' },
};

/** Months that one payment of a subscription pays for. */
export const MONTHS: Readonly<Record<BillingInterval, number>> = { month: 1, year: 12 };

/** The terms of a license issued at `issuedAt`. A subscription without an interval is a yearly one. */
export function termsOf(kind: LicenseKind, interval: BillingInterval | null, issuedAt: Date): LicenseTerms {
  const { seats, runs, updates } = TERMS[kind];
  const expiresAt = runs === 'for_ever' ? null : addMonths(issuedAt, MONTHS[interval ?? 'year']);
  const updatesUntil = { for_ever: null, one_year: addMonths(issuedAt, 12), while_it_runs: expiresAt }[updates];
  return { seats, expiresAt, updatesUntil };
}

/** The same day and time `months` later; a day that month lacks becomes its last one (31 January → 28 February). */
export function addMonths(from: Date, months: number): Date {
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(to.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return to;
}
