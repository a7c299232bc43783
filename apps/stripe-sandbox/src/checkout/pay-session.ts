import type Stripe from 'stripe';
import { addCustomer, findCustomer } from '../customers/customers.js';
import { addPaidInvoice } from '../billing/invoices.js';
import { scheduleRenewal } from '../billing/renew-subscription.js';
import { addSubscription } from '../billing/subscriptions.js';
import { recordEvent } from '../events/record-event.js';
import { attachInstrument, type BillingDetails, type Instrument } from '../payments/instrument.js';
import { addIntent, answerChallenge, confirmIntent, findIntent, settleIntent } from '../payments/payment-intents.js';
import { refusalToKeep } from '../payments/test-cards.js';
import { onClock } from '../store/on-clock.js';
import { idOf } from '../store/referenced.js';
import { type Work } from '../store/work.js';
import { type CheckoutRecord } from './checkout-record.js';
import { customerDetails } from './create-session.js';
import { checkoutOfIntent } from './sessions.js';

export type PayOutcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'challenge'; readonly url: string }
  | { readonly kind: 'declined'; readonly message: string };

/** What completes a session: a delayed or held payment does too, its session is then still unpaid. */
const PAID_OR_UNDER_WAY: readonly string[] = ['succeeded', 'processing', 'requires_capture'];

/** Who pays, as typed into the page. */
export interface Payer extends BillingDetails {
  readonly email: string;
}

/**
 * Pays an open session. Paying a complete one again changes nothing and says `complete`, so a form sent twice pays
 * once. `instrument` is null when there is nothing to pay.
 */
export function paySession(
  work: Work,
  record: CheckoutRecord,
  payer: Payer,
  instrument: Instrument | null,
): PayOutcome {
  if (record.session.status === 'complete') return { kind: 'complete' };
  if (record.session.status !== 'open') throw new Error('Only an open session can be paid.');
  const known = withCustomer(work, withPayer(record, payer), payer);
  if (!instrument) {
    complete(work, known, null, null);
    return { kind: 'complete' };
  }
  const customer = idOf(known.session.customer);
  const method = customer === null ? instrument : attachInstrument(work, instrument, customer);
  if (known.session.amount_total === 0) return keepForLater(work, known, method);
  const before = known.attempt === null ? openIntent(work, known) : findIntent(work, known.attempt);
  const intent = confirmIntent(work, before, method, returnUrl(work, known));
  return outcomeOf(work, withAttempt(known, intent), intent);
}

/** A trial charges nothing yet; a card that would be declined is no card to keep. */
function keepForLater(work: Work, record: CheckoutRecord, { id, behavior }: Instrument): PayOutcome {
  const message = refusalToKeep(behavior);
  if (message !== null) return { kind: 'declined', message };
  complete(work, record, null, id);
  return { kind: 'complete' };
}

/** Ends a 3-D Secure challenge. Null when the intent belongs to no session. */
export function finishChallenge(work: Work, intentId: string, passed: boolean): PayOutcome | null {
  const intent = answerChallenge(work, findIntent(work, intentId), passed);
  const record = checkoutOfIntent(work, intentId);
  return record ? outcomeOf(work, record, intent) : null;
}

/** Decides a delayed payment and tells the session it paid for. Doing it again changes nothing. */
export function settlePayment(work: Work, intentId: string): void {
  const intent = settleIntent(work, intentId);
  const record = checkoutOfIntent(work, intentId);
  if (!intent || !record) return;
  const paid = intent.status === 'succeeded';
  const billed = withInvoice(work, record, intent);
  const session: Stripe.Checkout.Session = { ...billed, payment_status: paid ? 'paid' : 'unpaid' };
  work.store.put('checkout', { ...record, session });
  recordEvent(work, `checkout.session.async_payment_${paid ? 'succeeded' : 'failed'}`, session);
}

function outcomeOf(work: Work, record: CheckoutRecord, intent: Stripe.PaymentIntent): PayOutcome {
  if (PAID_OR_UNDER_WAY.includes(intent.status)) {
    complete(work, record, intent, idOf(intent.payment_method));
    return { kind: 'complete' };
  }
  work.store.put('checkout', record);
  if (intent.status === 'requires_action') return { kind: 'challenge', url: `/c/challenge/${intent.id}` };
  return { kind: 'declined', message: intent.last_payment_error?.message ?? 'The payment failed.' };
}

function complete(
  work: Work,
  record: CheckoutRecord,
  intent: Stripe.PaymentIntent | null,
  paymentMethod: string | null,
): void {
  const { mode } = record.session;
  const billed =
    mode === 'subscription' ? bill(work, record, intent, paymentMethod) : withInvoice(work, record, intent);
  const session: Stripe.Checkout.Session = {
    ...billed,
    status: 'complete',
    url: null,
    payment_status: intent ? (intent.status === 'succeeded' ? 'paid' : 'unpaid') : 'no_payment_required',
  };
  work.store.put('checkout', { ...record, session });
  recordEvent(work, 'checkout.session.completed', session);
}

/** Starts the subscription that was bought, with the invoice that was just paid. */
function bill(
  work: Work,
  { session, lineItems, subscription: terms }: CheckoutRecord,
  intent: Stripe.PaymentIntent | null,
  paymentMethod: string | null,
): Stripe.Checkout.Session {
  const customer = findCustomer(work, idOf(session.customer) ?? '');
  const currency = session.currency ?? 'eur';
  const items = lineItems.filter(({ price }) => price?.recurring);
  const now = onClock(work, customer.test_clock);
  const testClock = idOf(customer.test_clock);
  const automaticTax = session.automatic_tax.enabled;
  const who = { customer: customer.id, testClock, paymentMethod };
  const started = addSubscription(now, { ...who, currency, items, automaticTax, ...terms });
  recordEvent(now, 'customer.subscription.created', started);
  const invoice = addPaidInvoice(now, {
    customer,
    subscription: started,
    reason: 'subscription_create',
    currency,
    items: lineItems,
    amount: session.amount_total ?? 0,
    paymentIntent: intent?.id ?? null,
  });
  work.store.put('subscription', { ...started, latest_invoice: invoice.id });
  scheduleRenewal(work, started.id);
  return { ...session, subscription: started.id, invoice: invoice.id };
}

/** The invoice of what was sold once, when `invoice_creation` asks for one: as soon as the money is there. */
function withInvoice(
  work: Work,
  { session, lineItems }: CheckoutRecord,
  intent: Stripe.PaymentIntent | null,
): Stripe.Checkout.Session {
  if (!session.invoice_creation?.enabled || intent?.status !== 'succeeded') return session;
  const invoice = addPaidInvoice(work, {
    customer: findCustomer(work, idOf(session.customer) ?? ''),
    subscription: null,
    reason: 'manual',
    currency: session.currency ?? 'eur',
    items: lineItems,
    amount: session.amount_total ?? 0,
    paymentIntent: intent.id,
    metadata: session.invoice_creation.invoice_data.metadata ?? {},
  });
  return { ...session, invoice: invoice.id };
}

function openIntent(work: Work, { session, payment }: CheckoutRecord): Stripe.PaymentIntent {
  return addIntent(work, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'eur',
    customer: idOf(session.customer),
    methodTypes: session.payment_method_types,
    ...payment,
    ...(session.mode === 'subscription' && {
      description: 'Subscription creation',
      setupFutureUsage: 'off_session' as const,
    }),
  });
}

function withPayer(record: CheckoutRecord, { email, name }: Payer): CheckoutRecord {
  return { ...record, session: { ...record.session, customer_details: customerDetails(email, name) } };
}

/** Adds the customer a subscription, `customer_creation` or a card kept for later needs; guests stay guests. */
function withCustomer(work: Work, record: CheckoutRecord, { email, name }: Payer): CheckoutRecord {
  const { session, payment } = record;
  const wanted = session.customer_creation === 'always' || payment.setupFutureUsage !== null;
  const needed = wanted || session.invoice_creation?.enabled === true;
  if (session.customer !== null || !needed) return record;
  const customer = addCustomer(work, { email, name, phone: null, description: null, metadata: {} });
  return { ...record, session: { ...session, customer: customer.id } };
}

function withAttempt(record: CheckoutRecord, intent: Stripe.PaymentIntent): CheckoutRecord {
  const shown = record.session.mode === 'payment' ? intent.id : null;
  return { ...record, attempt: intent.id, session: { ...record.session, payment_intent: shown } };
}

function returnUrl(work: Work, { id }: CheckoutRecord): string {
  return `${work.publicUrl}/c/pay/${id}`;
}
