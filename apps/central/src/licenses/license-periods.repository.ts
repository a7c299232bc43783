import type { BillingInterval } from '@hansa/contracts';
import type { Writes } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { jointShare, type JointPart } from './joint-share.js';
import type { PaidPeriod, PeriodReturn } from './license-standing.js';
import type { LicensePeriod, PaymentReturn, Subscription } from './license-period.entity.js';

/** A period with what it cost, who shares in it and what went back of it. */
export interface OrderPeriod extends PaidPeriod {
  readonly orderId: string;
  readonly currency: string;
  readonly commissionPercent: number;
  readonly taxMinor: number;
}

/**
 * Adds what was paid, once. Session and invoice of a first payment are one fact heard twice: both leave the same row, whichever
 * comes first, and the invoice's own end and tax win over none. What the hub keeps stays as it was first agreed.
 */
export async function addPeriod(tx: EntityManager, period: LicensePeriod): Promise<void> {
  const { id, orderId, isPurchase, amountMinor, taxMinor, currency, commissionPercent, paidAt, endsAt } = period;
  const { jointPayment, notedAt } = period;
  await tx.query(
    `INSERT INTO license_periods AS p
       (id, order_id, is_purchase, amount_minor, currency, commission_percent, paid_at, ends_at, tax_minor, joint_payment, noted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (id) DO UPDATE SET is_purchase = p.is_purchase OR excluded.is_purchase,
       paid_at = least(p.paid_at, excluded.paid_at), ends_at = greatest(p.ends_at, excluded.ends_at),
       tax_minor = greatest(p.tax_minor, excluded.tax_minor)`,
    [
      ...[id, orderId, isPurchase, amountMinor, currency, commissionPercent],
      ...[paidAt, endsAt, taxMinor, jointPayment, notedAt],
    ],
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
 * the one further on, and of two ends the later. Nothing is added to a payment that is known to be of another currency, or of
 * another amount than `paidMinor`.
 */
export function addReturn(back: PaymentReturn, paidMinor: number | null): FactSql {
  const { id, kind, paymentIntent, amountMinor, state, happenedAt, heardAt, currency } = back;
  return {
    text: `INSERT INTO payment_returns AS r (id, kind, payment_intent, amount_minor, state, happened_at, heard_at, currency)
     SELECT $1, $2, $3, $4::int, $5, $6::timestamptz, $7::timestamptz, $8
      WHERE NOT EXISTS (SELECT 1 FROM license_periods p
        WHERE p.id = $3 OR p.joint_payment = $3 OR p.id = ANY (ARRAY(SELECT invoice FROM invoice_payments WHERE payment_intent = $3))
       HAVING bool_or(p.currency <> $8) OR sum(p.amount_minor) <> $9::int)
     ON CONFLICT (id) DO UPDATE SET amount_minor = excluded.amount_minor, state = excluded.state,
       happened_at = excluded.happened_at, heard_at = excluded.heard_at
     WHERE CASE r.kind
       WHEN 'refund' THEN (-excluded.amount_minor, excluded.happened_at) < (-r.amount_minor, r.happened_at)
       ELSE (${rankOf('excluded.state')}, excluded.heard_at, excluded.state, excluded.amount_minor)
          > (${rankOf('r.state')}, r.heard_at, r.state, r.amount_minor) END`,
    values: [id, kind, paymentIntent, amountMinor, state, happenedAt, heardAt, currency, paidMinor],
  };
}

/** How far on a dispute is, in SQL. */
function rankOf(state: string): string {
  return `CASE ${state} WHEN 'inquiry' THEN 0 WHEN 'open' THEN 1 ELSE 2 END`;
}

/** Keeps the newest word about a subscription; its end is the last. */
export function putSubscription(writes: Writes, subscription: Omit<Subscription, 'paymentFailedAt' | 'payUrl'>): void {
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
  failure: {
    readonly subscription: string;
    readonly orderId: string;
    readonly at: Date;
    readonly payUrl: string | null;
  },
): void {
  const { subscription, orderId, at, payUrl } = failure;
  writes.run(
    `INSERT INTO subscriptions AS s (id, order_id, status, payment_failed_at, heard_at, heard_event, pay_url)
     VALUES ($1, $2, 'unknown', $3, 'epoch', '', $4)
     ON CONFLICT (id) DO UPDATE SET payment_failed_at = excluded.payment_failed_at, pay_url = excluded.pay_url
      WHERE s.payment_failed_at IS NULL OR (excluded.payment_failed_at, coalesce(excluded.pay_url, '')) > (s.payment_failed_at, coalesce(s.pay_url, ''))`,
    [subscription, orderId, at, payUrl],
  );
}

interface PeriodRow {
  readonly id: string;
  readonly order_id: string;
  readonly is_purchase: boolean;
  readonly amount_minor: number;
  readonly currency: string;
  readonly commission_percent: number;
  readonly paid_at: string;
  readonly ends_at: string | null;
  readonly tax_minor: number;
  readonly purpose: PaidPeriod['purpose'];
  readonly quantity: number;
  readonly billing_interval: BillingInterval | null;
  readonly trial_days: number | null;
  readonly joint: JointPart | null;
  readonly returns: readonly { kind: PeriodReturn['kind']; amount: number; state: PeriodReturn['state']; at: string }[];
}

/** The joint payment that the row `p` of `license_periods` is a part of, as a `JointPart`; null for a payment of its own. */
export const JOINT_PART = `
  CASE WHEN p.joint_payment IS NOT NULL THEN (
    SELECT json_build_object('total', sum(j.amount_minor),
             'before', coalesce(sum(j.amount_minor) FILTER (WHERE j.id COLLATE "C" < p.id COLLATE "C"), 0))
      FROM license_periods j WHERE j.joint_payment = p.joint_payment) END`;

/**
 * A `SELECT` of everything paid for a license, by whichever order, with everything that went back of it, as one JSON for
 * `periodsFrom`. `orders` is SQL for the ids of its orders. What went back in another currency is none of it.
 */
export function periodsOf(orders: string): string {
  return `
  SELECT coalesce(json_agg(paid ORDER BY paid.paid_at, paid.id), '[]') FROM (
    SELECT p.id, p.order_id, p.is_purchase, p.amount_minor, p.tax_minor, p.currency, p.commission_percent, p.paid_at, p.ends_at,
           o.purpose, o.quantity, o.billing_interval, o.trial_days, ${JOINT_PART} AS joint,
           coalesce((SELECT json_agg(json_build_object('kind', r.kind, 'amount', r.amount_minor, 'state', r.state,
                                                       'at', r.happened_at) ORDER BY r.id)
                       FROM payment_returns r
                      WHERE r.payment_intent = ANY (ARRAY[p.id, p.joint_payment]
                         || ARRAY(SELECT i.payment_intent FROM invoice_payments i WHERE i.invoice = p.id))
                        AND coalesce(r.currency, p.currency) = p.currency),
                    '[]') AS returns
      FROM license_periods p JOIN orders o ON o.id = p.order_id WHERE p.order_id IN (${orders})) AS paid`;
}

export function periodsFrom(rows: readonly PeriodRow[]): OrderPeriod[] {
  return rows.map((row) => ({
    id: row.id,
    orderId: row.order_id,
    purpose: row.purpose,
    quantity: row.quantity,
    billingInterval: row.billing_interval,
    trialDays: row.amount_minor === 0 ? row.trial_days : null,
    isPurchase: row.is_purchase,
    amountMinor: row.amount_minor,
    taxMinor: row.tax_minor,
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
