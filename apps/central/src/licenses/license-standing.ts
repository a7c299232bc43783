import type { BillingInterval, LicenseKind } from '@hansa/contracts';
import { addMonths, MONTHS } from './license-terms.js';

export interface PaidPeriod {
  readonly id: string;
  readonly isPurchase: boolean;
  readonly amountMinor: number;
  readonly paidAt: Date;
  /** Null when Stripe named no end: one interval from `paidAt`. */
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
 * purchase back revokes; taking a renewal back takes its period only. An open dispute about any of them suspends. A hold of an
 * operator comes on top; of two revocations the earlier is told.
 */
export function standingFrom(
  terms: { readonly kind: LicenseKind; readonly billingInterval: BillingInterval | null },
  periods: readonly PaidPeriod[],
  hold: Hold | null,
): Standing {
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
    ...termFrom(terms, standing, start),
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

/** Why the payments revoke the license: the purchase went back, or nothing of it is paid any more. */
function revocationOf(periods: readonly PaidPeriod[], standing: readonly PaidPeriod[]): TakenBack | null {
  const purchase = periods.filter(({ isPurchase }) => isPurchase).reduce<TakenBack | null>(firstTakenBack, null);
  if (purchase || standing.length > 0) return purchase;
  // The last one to go is the moment it ended.
  return periods.map(takenBack).reduce((a, b) => (a === null || first(a, b) === a ? b : a), null);
}

function firstTakenBack(soFar: TakenBack | null, period: PaidPeriod): TakenBack | null {
  return first(soFar, takenBack(period));
}

function termFrom(
  { kind, billingInterval }: { readonly kind: LicenseKind; readonly billingInterval: BillingInterval | null },
  standing: readonly PaidPeriod[],
  start: Date,
): Pick<Standing, 'expiresAt' | 'updatesUntil'> {
  if (kind !== 'subscription') return { expiresAt: null, updatesUntil: addMonths(start, 12 * standing.length) };
  const months = MONTHS[billingInterval ?? 'year'];
  const ends = standing.map(({ paidAt, endsAt }) => endsAt ?? addMonths(paidAt, months));
  const expiresAt = latest([start, ...ends]);
  return { expiresAt, updatesUntil: expiresAt };
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
