import type { Writes } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { jointShare, type JointPart } from './joint-share.js';
import type { PaidPeriod, PeriodReturn } from './license-standing.js';
import type { LicensePeriod, PaymentReturn, Subscription } from './license-period.entity.js';

/** A period with what it cost, who shares in it and what went back of it. */
export interface OrderPeriod extends PaidPeriod {
  readonly currency: string;
  readonly commissionPercent: number;
}

/**
 * Adds what was paid, once. Session and invoice of a first payment are one fact heard twice: both leave the same row, whichever
 * comes first, and the invoice's own end wins over none. What the hub keeps stays as it was first agreed.
 */
export async function addPeriod(tx: EntityManager, period: LicensePeriod): Promise<void> {
  const { id, orderId, isPurchase, amountMinor, currency, commissionPercent, paidAt, endsAt, jointPayment } = period;
  await tx.query(
    `INSERT INTO license_periods AS p (id, order_id, is_purchase, amount_minor, currency, commission_percent, paid_at, ends_at, joint_payment)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (id) DO UPDATE SET is_purchase = p.is_purchase OR excluded.is_purchase,
       paid_at = least(p.paid_at, excluded.paid_at), ends_at = greatest(p.ends_at, excluded.ends_at)`,
    [id, orderId, isPurchase, amountMinor, currency, commissionPercent, paidAt, endsAt, jointPayment],
  );
}

/** A statement that writes one fact, for use by itself or inside another one. */
export interface FactSql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Remembers which invoice a payment was for: refunds and disputes name the payment only. */
export function linkInvoice(paymentIntent: string, invoice: string): FactSql {
  return {
    text: 'INSERT INTO invoice_payments (payment_intent, invoice) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values: [paymentIntent, invoice],
  };
}

/**
 * Adds what went back, once. Of two words about one refund the larger sum counts, it only ever grows; of two about one dispute
 * the one further on, and of two ends the later.
 */
export function addReturn(back: PaymentReturn): FactSql {
  const { id, kind, paymentIntent, amountMinor, state, happenedAt, heardAt } = back;
  return {
    text: `INSERT INTO payment_returns AS r (id, kind, payment_intent, amount_minor, state, happened_at, heard_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET amount_minor = excluded.amount_minor, state = excluded.state,
       happened_at = excluded.happened_at, heard_at = excluded.heard_at
     WHERE CASE r.kind
       WHEN 'refund' THEN (-excluded.amount_minor, excluded.happened_at) < (-r.amount_minor, r.happened_at)
       ELSE (${rankOf('excluded.state')}, excluded.heard_at, excluded.state, excluded.amount_minor)
          > (${rankOf('r.state')}, r.heard_at, r.state, r.amount_minor) END`,
    values: [id, kind, paymentIntent, amountMinor, state, happenedAt, heardAt],
  };
}

/** How far on a dispute is, in SQL. */
function rankOf(state: string): string {
  return `CASE ${state} WHEN 'inquiry' THEN 0 WHEN 'open' THEN 1 ELSE 2 END`;
}

/** Keeps the newest word about a subscription; its end is the last. */
export function putSubscription(writes: Writes, subscription: Omit<Subscription, 'paymentFailedAt'>): void {
  const { id, orderId, status, cancelAt, endedAt, heardAt, heardEvent } = subscription;
  writes.run(
    `INSERT INTO subscriptions AS s (id, order_id, status, cancel_at, ended_at, heard_at, heard_event)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, cancel_at = excluded.cancel_at, ended_at = excluded.ended_at,
       heard_at = excluded.heard_at, heard_event = excluded.heard_event
     WHERE (excluded.ended_at IS NOT NULL, excluded.heard_at, excluded.heard_event)
         > (s.ended_at IS NOT NULL, s.heard_at, s.heard_event)`,
    [id, orderId, status, cancelAt, endedAt, heardAt, heardEvent],
  );
}

/** Remembers the last time an invoice of a subscription could not be paid. */
export function putPaymentFailure(
  writes: Writes,
  failure: { readonly subscription: string; readonly orderId: string; readonly at: Date },
): void {
  const { subscription, orderId, at } = failure;
  writes.run(
    `INSERT INTO subscriptions AS s (id, order_id, status, payment_failed_at, heard_at, heard_event)
     VALUES ($1, $2, 'unknown', $3, 'epoch', '')
     ON CONFLICT (id) DO UPDATE SET payment_failed_at = greatest(s.payment_failed_at, excluded.payment_failed_at)`,
    [subscription, orderId, at],
  );
}

interface PeriodRow {
  readonly id: string;
  readonly is_purchase: boolean;
  readonly amount_minor: number;
  readonly currency: string;
  readonly commission_percent: number;
  readonly paid_at: string;
  readonly ends_at: string | null;
  readonly joint: JointPart | null;
  readonly returns: readonly { kind: PeriodReturn['kind']; amount: number; state: PeriodReturn['state']; at: string }[];
}

/** The joint payment that the row `p` of `license_periods` is a part of, as a `JointPart`; null for a payment of its own. */
export const JOINT_PART = `
  CASE WHEN p.joint_payment IS NOT NULL THEN (
    SELECT json_build_object('total', sum(j.amount_minor),
             'before', coalesce(sum(j.amount_minor) FILTER (WHERE j.id COLLATE "C" < p.id COLLATE "C"), 0))
      FROM license_periods j WHERE j.joint_payment = p.joint_payment) END`;

/** A `SELECT` of everything paid for the order `$1` with everything that went back of it, as one JSON for `periodsFrom`. */
export const PERIODS_OF_ORDER = `
  SELECT coalesce(json_agg(paid ORDER BY paid.paid_at, paid.id), '[]') FROM (
    SELECT p.id, p.is_purchase, p.amount_minor, p.currency, p.commission_percent, p.paid_at, p.ends_at, ${JOINT_PART} AS joint,
           coalesce((SELECT json_agg(json_build_object('kind', r.kind, 'amount', r.amount_minor, 'state', r.state,
                                                       'at', r.happened_at) ORDER BY r.id)
                       FROM payment_returns r
                      WHERE r.payment_intent = p.id OR r.payment_intent = p.joint_payment
                         OR r.payment_intent IN (SELECT i.payment_intent FROM invoice_payments i WHERE i.invoice = p.id)),
                    '[]') AS returns
      FROM license_periods p WHERE p.order_id = $1) AS paid`;

export function periodsFrom(rows: readonly PeriodRow[]): OrderPeriod[] {
  return rows.map((row) => ({
    id: row.id,
    isPurchase: row.is_purchase,
    amountMinor: row.amount_minor,
    currency: row.currency,
    commissionPercent: row.commission_percent,
    paidAt: new Date(row.paid_at),
    endsAt: row.ends_at === null ? null : new Date(row.ends_at),
    returns: row.returns.map(({ kind, amount, state, at }) => ({
      kind,
      amountMinor: row.joint === null ? amount : jointShare(amount, row.amount_minor, row.joint),
      state,
      happenedAt: new Date(at),
    })),
  }));
}
