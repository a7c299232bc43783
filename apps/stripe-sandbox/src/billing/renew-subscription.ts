import type Stripe from 'stripe';
import { findCustomer } from '../customers/customers.js';
import { recordEvent } from '../events/record-event.js';
import { refused } from '../api/api-error.js';
import { totalOf, withTax } from '../catalog/tax.js';
import { newId } from '../store/ids.js';
import { idOf, referenced } from '../store/referenced.js';
import { schedule } from '../store/task.js';
import { type Work } from '../store/work.js';
import { periodEnd } from './billing-period.js';
import { chargeOffSession } from './charge-off-session.js';
import { addFailedInvoice, addPaidInvoice } from './invoices.js';
import { endSubscription, findSubscription, isRunning } from './subscriptions.js';

/** More periods than anybody means: a clock advanced by centuries must not hold everybody up. */
const MAX_PERIODS = 1_000;

/** Renews a subscription for every period that starts until `until` (seconds), or ends it where it was to end. */
export function renewUntil(work: Work, id: string, until: number): void {
  for (let periods = 0; periods < MAX_PERIODS; periods += 1) {
    const subscription = work.store.get('subscription', id);
    const dueAt = subscription?.items.data[0]?.current_period_end;
    if (!subscription || !isRunning(subscription) || dueAt === undefined || dueAt > until) return;
    const then = { ...work, now: dueAt };
    if (subscription.cancel_at_period_end || isTrialWithoutMeans(subscription)) endSubscription(then, subscription);
    else renew(then, subscription);
  }
}

/** Does what is due of a subscription by the sandbox's own time, and sees to its next period. */
export function renewIfDue(work: Work, id: string): void {
  if (work.store.get('subscription', id)?.test_clock === null) renewUntil(work, id, work.now);
  scheduleRenewal(work, id);
}

/** Promises the next renewal of a subscription. One under a test clock waits for its clock. */
export function scheduleRenewal(work: Work, id: string): void {
  const subscription = work.store.get('subscription', id);
  const dueAt = subscription?.items.data[0]?.current_period_end;
  if (!subscription || !isRunning(subscription) || subscription.test_clock !== null || dueAt === undefined) return;
  schedule(work, 'renew-subscription', id, dueAt * 1_000);
}

/** Renews a subscription now, ahead of its time: the next period is added to the present one. */
export function renewNow(work: Work, id: string): Stripe.Subscription {
  const subscription = findSubscription(work, id);
  if (!isRunning(subscription)) throw refused(`Subscription ${id} is not active.`);
  renew(work, subscription);
  return findSubscription(work, id);
}

/** A trial nobody left a means of payment for, and which was to end then. */
function isTrialWithoutMeans({ status, default_payment_method, trial_settings }: Stripe.Subscription): boolean {
  const wanted = trial_settings?.end_behavior.missing_payment_method;
  return status === 'trialing' && default_payment_method === null && wanted === 'cancel';
}

/** Bills the next period: paid, it starts; not paid, the subscription is past due. */
function renew(work: Work, before: Stripe.Subscription): void {
  const customer = findCustomer(work, idOf(before.customer) ?? '');
  const percent = before.automatic_tax.enabled ? work.taxPercent : 0;
  const items = before.items.data.map((item) => withTax(lineItemOf(work, item), percent));
  const amount = totalOf(items);
  const next = withNextPeriod(before);
  const owed = { amount, currency: before.currency, customer: customer.id };
  const intent = chargeOffSession(work, owed, referenced(work, 'instrument', before.default_payment_method));
  const isPaid = intent.status === 'succeeded';
  const bill = {
    customer,
    subscription: next,
    reason: 'subscription_cycle' as const,
    currency: before.currency,
    items,
    amount,
    paymentIntent: intent.id,
  };
  const invoice = isPaid ? addPaidInvoice(work, bill) : addFailedInvoice(work, bill);
  const after = { ...next, status: isPaid ? ('active' as const) : ('past_due' as const), latest_invoice: invoice.id };
  recordEvent(work, 'customer.subscription.updated', work.store.put('subscription', after), {
    status: before.status,
    latest_invoice: before.latest_invoice,
  });
}

function withNextPeriod(subscription: Stripe.Subscription): Stripe.Subscription {
  const data = subscription.items.data.map((item) => {
    const start = item.current_period_end;
    const { recurring } = item.price;
    return recurring ? { ...item, current_period_start: start, current_period_end: periodEnd(start, recurring) } : item;
  });
  return { ...subscription, items: { ...subscription.items, data } };
}

function lineItemOf(work: Work, { price, quantity = 1 }: Stripe.SubscriptionItem): Stripe.LineItem {
  const amount = (price.unit_amount ?? 0) * quantity;
  return {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: referenced(work, 'product', price.product)?.name ?? null,
    metadata: {},
    price,
    quantity,
  };
}
