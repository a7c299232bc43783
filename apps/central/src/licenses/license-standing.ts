import type { BillingInterval, LicenseKind } from '@hansa/contracts';
import { addMonths, MONTHS } from './license-terms.js';

const DAY_MS = 86_400_000;

/** One payment for a license, and what it pays for. */
export interface PaidPeriod {
  readonly id: string;
  /** What the order of the payment was for. */
  readonly purpose: 'purchase' | 'renewal' | 'seats';
  /** Whether it is what its order was bought with; a subscription's later invoices are not. */
  readonly isPurchase: boolean;
  /** Production instances its order pays for. */
  readonly quantity: number;
  /** Of a subscription. */
  readonly billingInterval: BillingInterval | null;
  /** Days of the trial that it stands for, null for a payment. */
  readonly trialDays: number | null;
  readonly amountMinor: number;
  readonly paidAt: Date;
  /** Null when Stripe named no end: one interval, or the trial, from `paidAt`. */
  readonly endsAt: Date | null;
  readonly returns: readonly PeriodReturn[];
}

export interface PeriodReturn {
  readonly kind: 'refund' | 'dispute';
  readonly amountMinor: number;
  readonly state: 'refunded' | 'inquiry' | 'open' | 'won' | 'lost';
  readonly happenedAt: Date;
}

/** What an operator decided about a license, until an operator lifts it. */
export interface Hold {
  readonly as: 'suspended' | 'revoked';
  readonly at: Date;
  readonly reason: string;
}

export interface Standing {
  /** Production instances that may run it at the same time. */
  readonly seats: number;
  /** Null means perpetual. */
  readonly expiresAt: Date | null;
  /** Null means for ever. */
  readonly updatesUntil: Date | null;
  readonly suspendedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedReason: string | null;
}

interface TakenBack {
  readonly at: Date;
  readonly reason: 'refunded' | 'dispute_lost';
}

/**
 * What the license of a paid order stands for, from the facts alone: the same facts in any order say the same.
 *
 * Every period that is paid counts, and one whose money went back in full, or was lost in a dispute, counts no more. Taking the
 * purchase back revokes (when it was bought twice, taking both back does); taking a renewal or seats back takes those only. An open
 * dispute about any of them suspends. A hold of an operator comes on top; of two revocations the earlier is told.
 */
export function standingFrom(kind: LicenseKind, periods: readonly PaidPeriod[], hold: Hold | null): Standing {
  const standing = periods.filter((period) => takenBack(period) === null);
  const start = earliest(periods.map(({ paidAt }) => paidAt));
  if (!start) throw new Error('a license without a payment has no standing of its own');
  const lost = revocationOf(periods, standing);
  const revoked = first<{ at: Date; reason: string }>(lost, hold?.as === 'revoked' ? hold : null);
  const disputedAt = earliest(
    standing.flatMap(({ returns }) => returns.filter(isOpenDispute).map(({ happenedAt }) => happenedAt)),
  );
  const heldAt = hold?.as === 'suspended' ? hold.at : null;
  return {
    seats: kind === 'per_instance' ? seatsFrom(standing) : 1,
    ...termFrom(kind, standing, start),
    suspendedAt: earliest([disputedAt, heldAt].filter((at) => at !== null)),
    revokedAt: revoked?.at ?? null,
    revokedReason: revoked?.reason ?? null,
  };
}

/** When and why a payment stopped counting, or null while it counts. Part of the money back leaves the period as it is. */
export function takenBack({ amountMinor, returns }: Pick<PaidPeriod, 'amountMinor' | 'returns'>): TakenBack | null {
  const refunds = returns.filter(({ kind }) => kind === 'refund');
  const refunded = refunds.reduce((sum, refund) => sum + refund.amountMinor, 0) >= amountMinor;
  const refundedAt = refunded ? latest(refunds.map(({ happenedAt }) => happenedAt)) : null;
  const lostAt = earliest(returns.filter(({ state }) => state === 'lost').map(({ happenedAt }) => happenedAt));
  return first<TakenBack>(
    refundedAt && { at: refundedAt, reason: 'refunded' },
    lostAt && { at: lostAt, reason: 'dispute_lost' },
  );
}

/** Why the payments revoke the license: every purchase went back, or nothing of it is paid any more. */
function revocationOf(periods: readonly PaidPeriod[], standing: readonly PaidPeriod[]): TakenBack | null {
  const purchases = periods.filter(({ isPurchase }) => isPurchase);
  if (purchases.length > 0 && purchases.every((purchase) => takenBack(purchase) !== null)) return last(purchases);
  return standing.length === 0 ? last(periods) : null;
}

/** The last of what was taken back: the moment it ended. */
function last(periods: readonly PaidPeriod[]): TakenBack | null {
  return periods.map(takenBack).reduce((a, b) => (a === null || first(a, b) === a ? b : a), null);
}

/** As many as were bought at once, and those added since. */
function seatsFrom(standing: readonly PaidPeriod[]): number {
  const bought = standing.filter(({ purpose }) => purpose === 'purchase').map(({ quantity }) => quantity);
  const added = standing.filter(({ purpose }) => purpose === 'seats').map(({ quantity }) => quantity);
  return Math.max(1, ...bought) + added.reduce((sum, quantity) => sum + quantity, 0);
}

function termFrom(
  kind: LicenseKind,
  standing: readonly PaidPeriod[],
  start: Date,
): Pick<Standing, 'expiresAt' | 'updatesUntil'> {
  if (kind !== 'subscription') return { expiresAt: null, updatesUntil: updatesFrom(standing) ?? start };
  const expiresAt = latest([start, ...standing.map(endOf)]);
  return { expiresAt, updatesUntil: expiresAt };
}

/** A year for each payment: after the years before it, or from the day it was paid when those are over. Seats come along. */
function updatesFrom(standing: readonly PaidPeriod[]): Date | null {
  return standing
    .filter(({ purpose }) => purpose !== 'seats')
    .map(({ paidAt }) => paidAt)
    .sort((a, b) => a.getTime() - b.getTime())
    .reduce<Date | null>((end, paidAt) => addMonths(end !== null && end > paidAt ? end : paidAt, 12), null);
}

function endOf({ paidAt, endsAt, trialDays, billingInterval }: PaidPeriod): Date {
  if (endsAt) return endsAt;
  if (trialDays !== null) return new Date(paidAt.getTime() + trialDays * DAY_MS);
  return addMonths(paidAt, MONTHS[billingInterval ?? 'year']);
}

function isOpenDispute({ state }: PeriodReturn): boolean {
  return state === 'open';
}

/** The earlier of two; of two at once the same one whichever is named first. */
function first<T extends { readonly at: Date; readonly reason: string }>(a: T | null, b: T | null): T | null {
  if (!a || !b) return a ?? b;
  if (a.at.getTime() === b.at.getTime()) return a.reason <= b.reason ? a : b;
  return a.at < b.at ? a : b;
}

function earliest(times: readonly Date[]): Date | null {
  return times.reduce<Date | null>((least, at) => (least === null || at < least ? at : least), null);
}

function latest(times: readonly Date[]): Date | null {
  return times.reduce<Date | null>((most, at) => (most === null || at > most ? at : most), null);
}
