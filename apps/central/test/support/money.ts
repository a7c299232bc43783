import { randomBytes } from 'node:crypto';
import type { Order } from '#checkout';

const DAY = 86_400;
/** 2030-01-01 at noon, in Stripe's seconds. */
export const NOON_SECONDS = Date.UTC(2030, 0, 1, 12) / 1_000;

export function secondsAfterNoon(days: number): number {
  return NOON_SECONDS + days * DAY;
}

/** The JSON of any event, as Stripe sends it. `id` is fresh unless given. */
export function moneyEvent(
  type: string,
  created: number,
  object: object,
  id = `evt_${randomBytes(12).toString('hex')}`,
) {
  return JSON.stringify({ id, object: 'event', type, created, data: { object } });
}

/** What Stripe calls the payments of an order: the purchase is number 0, renewals follow. */
export function paymentIds(order: Order, number: number): { intent: string; invoice: string; charge: string } {
  const name = `${number}_${order.id}`;
  return { intent: number === 0 ? `pi_${order.id}` : `pi_${name}`, invoice: `in_${name}`, charge: `ch_${name}` };
}

export function subscriptionId(order: Order): string {
  return `sub_${order.id}`;
}

/** The session of an order, paid at noon: with its first invoice when it is a subscription. */
export function sessionEvent(order: Order, change: object = {}, type = 'checkout.session.completed'): string {
  const { intent, invoice } = paymentIds(order, 0);
  const bought =
    order.licenseKind === 'subscription'
      ? { payment_intent: null, subscription: subscriptionId(order), invoice }
      : { payment_intent: intent, subscription: null, invoice: null };
  return moneyEvent(type, NOON_SECONDS, {
    id: order.stripeSessionId,
    object: 'checkout.session',
    client_reference_id: order.id,
    amount_total: order.amountMinor,
    currency: order.currency.toLowerCase(),
    payment_status: 'paid',
    ...bought,
    ...change,
  });
}

const INVOICE_STATUSES: Readonly<Record<string, string>> = {
  'invoice.paid': 'paid',
  'invoice.voided': 'void',
  'invoice.marked_uncollectible': 'uncollectible',
};

/** Invoice `number` of a monthly subscription: the first at noon, each next one 30 days later, each for 30 days. */
export function invoiceEvent(order: Order, number: number, type = 'invoice.paid', change: object = {}): string {
  const paidAt = secondsAfterNoon(number * 30);
  return moneyEvent(type, paidAt, {
    id: paymentIds(order, number).invoice,
    object: 'invoice',
    number: `HUB-${order.id.slice(-6)}-${number}`,
    status: INVOICE_STATUSES[type] ?? 'open',
    total: order.amountMinor,
    created: paidAt,
    amount_paid: type === 'invoice.paid' ? order.amountMinor : 0,
    currency: order.currency.toLowerCase(),
    billing_reason: number === 0 ? 'subscription_create' : 'subscription_cycle',
    parent: {
      type: 'subscription_details',
      subscription_details: { metadata: { order_id: order.id }, subscription: subscriptionId(order) },
    },
    lines: { object: 'list', data: [{ period: { start: paidAt, end: secondsAfterNoon(number * 30 + 30) } }] },
    status_transitions: { paid_at: type === 'invoice.paid' ? paidAt : null },
    ...change,
  });
}

/** Which payment paid invoice `number`. */
export function invoicePaymentEvent(order: Order, number: number): string {
  const { intent, invoice } = paymentIds(order, number);
  return moneyEvent('invoice_payment.paid', secondsAfterNoon(number * 30), {
    id: `inpay_${number}_${order.id}`,
    object: 'invoice_payment',
    invoice,
    payment: { type: 'payment_intent', payment_intent: intent },
  });
}

/** `amount` of payment `number` has gone back so far, on that day. */
export function refundEvent(order: Order, number: number, amount: number, day = 1): string {
  const { charge, intent } = paymentIds(order, number);
  return moneyEvent('charge.refunded', secondsAfterNoon(day), {
    id: charge,
    object: 'charge',
    payment_intent: intent,
    amount: order.amountMinor,
    amount_refunded: amount,
    currency: order.currency.toLowerCase(),
  });
}

/** A dispute about payment `number`, opened on day 2 and heard of on `day`. */
export function disputeEvent(order: Order, number: number, status: string, day = 2): string {
  const isOver = ['won', 'lost', 'warning_closed'].includes(status);
  return moneyEvent(`charge.dispute.${isOver ? 'closed' : 'created'}`, secondsAfterNoon(day), {
    id: `dp_${number}_${order.id}`,
    object: 'dispute',
    amount: order.amountMinor,
    charge: paymentIds(order, number).charge,
    payment_intent: paymentIds(order, number).intent,
    created: secondsAfterNoon(2),
    currency: order.currency.toLowerCase(),
    status,
  });
}

/** What Stripe says about the subscription of an order on `day`. */
export function subscriptionEvent(
  order: Order,
  status: string,
  day: number,
  change: object = {},
  word: 'created' | 'updated' | 'deleted' = status === 'canceled' ? 'deleted' : 'updated',
): string {
  const isOver = word === 'deleted';
  return moneyEvent(`customer.subscription.${word}`, secondsAfterNoon(day), {
    id: subscriptionId(order),
    object: 'subscription',
    status,
    metadata: { order_id: order.id },
    cancel_at: null,
    cancel_at_period_end: false,
    ended_at: isOver ? secondsAfterNoon(day) : null,
    items: { object: 'list', data: [{ current_period_end: secondsAfterNoon(day + 30) }] },
    ...change,
  });
}
