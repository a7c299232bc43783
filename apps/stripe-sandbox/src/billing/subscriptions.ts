import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { noSuch, refused } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { addCard, attachInstrument } from '../payments/instrument.js';
import { cardForToken } from '../payments/test-cards.js';
import { newId } from '../store/ids.js';
import { onClock } from '../store/on-clock.js';
import { idOf } from '../store/referenced.js';
import { type Work } from '../store/work.js';
import { periodEnd } from './billing-period.js';

const DAY = 86_400;

export interface NewSubscription {
  readonly customer: string;
  readonly currency: string;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly paymentMethod: string | null;
  readonly testClock: string | null;
  readonly automaticTax: boolean;
  /** Days before the first payment, null for none. */
  readonly trialDays: number | null;
  /** What becomes of a trial that ends without a means of payment. */
  readonly withoutMeans: 'cancel' | 'create_invoice';
  /** Line items with a recurring price. */
  readonly items: readonly Stripe.LineItem[];
}

/** Starts a subscription: on trial when it has one, else active. Its first invoice is the caller's to make (`addPaidInvoice`). */
export function addSubscription(work: Work, given: NewSubscription): Stripe.Subscription {
  const id = newId('sub');
  const trialEnd = given.trialDays === null ? null : work.now + given.trialDays * DAY;
  const items = given.items.map((item) => subscriptionItem(work, id, item, trialEnd));
  const subscription: Stripe.Subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: {
      disabled_reason: null,
      enabled: given.automaticTax,
      liability: given.automaticTax ? { type: 'self' } : null,
    },
    billing_cycle_anchor: trialEnd ?? work.now,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: null, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: work.now,
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: given.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: given.description,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: { object: 'list', data: items, has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: 'off' },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: work.now,
    status: trialEnd === null ? 'active' : 'trialing',
    test_clock: given.testClock,
    transfer_data: null,
    trial_end: trialEnd,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: given.withoutMeans } },
    trial_start: trialEnd === null ? null : work.now,
  };
  return work.store.put('subscription', subscription);
}

/** Whether periods of it are still billed. */
export function isRunning({ status }: Stripe.Subscription): boolean {
  return status === 'active' || status === 'trialing';
}

/** Ends a subscription at once. */
export function cancelSubscription(work: Work, id: string): Stripe.Subscription {
  const subscription = findSubscription(work, id);
  if (subscription.status === 'canceled') throw noSuch('subscription', id);
  return endSubscription(onClock(work, subscription.test_clock), subscription);
}

/** Ends a subscription, with its event. */
export function endSubscription(work: Work, subscription: Stripe.Subscription): Stripe.Subscription {
  const ended = work.store.put('subscription', {
    ...subscription,
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? work.now,
    ended_at: work.now,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: 'cancellation_requested' },
  });
  recordEvent(work, 'customer.subscription.deleted', ended);
  return ended;
}

/** `POST /v1/subscriptions/:id`: whether it ends with its period, what pays for it, metadata. */
export function updateSubscription(work: Work, id: string, params: Params): Stripe.Subscription {
  const before = findSubscription(work, id);
  if (before.status === 'canceled') throw refused('A canceled subscription can only update its metadata.');
  const ends = params.boolean('cancel_at_period_end') ?? before.cancel_at_period_end;
  const periodEndsAt = before.items.data[0]?.current_period_end ?? null;
  const now = onClock(work, before.test_clock);
  const after = work.store.put('subscription', {
    ...before,
    cancel_at_period_end: ends,
    cancel_at: ends ? periodEndsAt : null,
    canceled_at: ends ? (before.canceled_at ?? now.now) : null,
    default_payment_method: readMethod(work, before, params) ?? before.default_payment_method,
    metadata: params.metadata('metadata', before.metadata),
  });
  const { cancel_at_period_end, cancel_at, canceled_at } = before;
  recordEvent(now, 'customer.subscription.updated', after, { cancel_at_period_end, cancel_at, canceled_at });
  return after;
}

/** A payment method of the customer, or a test card by name (`pm_card_chargeCustomerFail` fails at the next renewal). */
function readMethod(work: Work, subscription: Stripe.Subscription, params: Params): string | null {
  const name = params.text('default_payment_method');
  if (name === undefined) return null;
  const card = cardForToken(name);
  if (!card && !work.store.get('instrument', name)) throw noSuch('PaymentMethod', name, 'default_payment_method');
  if (!card) return name;
  const entry = { card, last4: card.number.slice(-4), expMonth: 12, expYear: 2040 };
  const added = addCard(work, entry, { email: null, name: null });
  return attachInstrument(work, added, idOf(subscription.customer) ?? '').id;
}

/** @throws {ApiError} resource_missing */
export function findSubscription(work: Work, id: string, param?: string): Stripe.Subscription {
  const subscription = work.store.get('subscription', id);
  if (!subscription) throw noSuch('subscription', id, param);
  return subscription;
}

function subscriptionItem(
  work: Work,
  subscription: string,
  { price, quantity }: Stripe.LineItem,
  trialEnd: number | null,
): Stripe.SubscriptionItem {
  if (!price?.recurring) throw new Error('A subscription item needs a recurring price.');
  return {
    id: newId('si', 14),
    object: 'subscription_item',
    billing_thresholds: null,
    created: work.now,
    current_period_end: trialEnd ?? periodEnd(work.now, price.recurring),
    current_period_start: work.now,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price, price.recurring),
    price,
    quantity: quantity ?? 1,
    subscription,
    tax_rates: [],
  };
}

function planOf(price: Stripe.Price, recurring: NonNullable<Stripe.Price['recurring']>): Stripe.Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval: recurring.interval,
    interval_count: recurring.interval_count,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}
