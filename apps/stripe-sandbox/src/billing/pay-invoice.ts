import type Stripe from 'stripe';
import { ApiError, noSuch, refused } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { recordEvent } from '../events/record-event.js';
import { addCard, attachInstrument, type Instrument } from '../payments/instrument.js';
import { cardForToken } from '../payments/test-cards.js';
import { onClock } from '../store/on-clock.js';
import { idOf, referenced } from '../store/referenced.js';
import { type Work } from '../store/work.js';
import { chargeOffSession } from './charge-off-session.js';
import { addInvoicePayment, findInvoice } from './invoices.js';
import { findSubscription } from './subscriptions.js';

/**
 * `POST /v1/invoices/:id/pay`: tries an open invoice again, with the subscription's own means unless another is named. A declined
 * payment is kept, with its event.
 */
export function payInvoice(work: Work, id: string, params: Params): Stripe.Invoice | ApiError {
  const invoice = findInvoice(work, id);
  const subscription = subscriptionOf(work, invoice);
  const named = methodOf(work, params.text('payment_method'));
  const instrument = named ?? (subscription && referenced(work, 'instrument', subscription.default_payment_method));
  if (!instrument) throw refused('There is no payment method to pay this invoice with.');
  const { paid, message } = payOpenInvoice(work, invoice, instrument);
  return message === null ? paid : new ApiError(402, { type: 'card_error', code: 'card_declined', message });
}

/**
 * Pays an open invoice. Paid, its subscription goes on; declined, `message` says why and the invoice stays open. What is paid
 * already stays as it is.
 */
export function payOpenInvoice(
  work: Work,
  invoice: Stripe.Invoice,
  instrument: Instrument,
): { readonly paid: Stripe.Invoice; readonly message: string | null } {
  if (invoice.status !== 'open') return { paid: invoice, message: null };
  const now = onClock(work, invoice.test_clock);
  const { amount_due: amount, currency } = invoice;
  const intent = chargeOffSession(now, { amount, currency, customer: idOf(invoice.customer) }, instrument);
  if (intent.status !== 'succeeded') {
    recordEvent(now, 'invoice.payment_failed', invoice);
    return { paid: invoice, message: intent.last_payment_error?.message ?? 'Your card was declined.' };
  }
  const paid = now.store.put('invoice', {
    ...invoice,
    status: 'paid',
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    status_transitions: { ...invoice.status_transitions, paid_at: now.now },
  });
  const payment = addInvoicePayment(now, paid, intent.id);
  recordEvent(now, 'invoice.paid', paid);
  recordEvent(now, 'invoice.payment_succeeded', paid);
  recordEvent(now, 'invoice_payment.paid', payment);
  goOn(now, paid);
  return { paid, message: null };
}

/** Ties a subscription to a card; an invoice of it that could not be paid is tried at once. */
export function changeCard(work: Work, subscription: Stripe.Subscription, instrument: Instrument): void {
  const method = attachInstrument(work, instrument, idOf(subscription.customer) ?? '');
  const after = work.store.put('subscription', { ...subscription, default_payment_method: method.id });
  const { default_payment_method } = subscription;
  recordEvent(onClock(work, after.test_clock), 'customer.subscription.updated', after, { default_payment_method });
  const open = referenced(work, 'invoice', after.latest_invoice);
  if (after.status === 'past_due' && open) payOpenInvoice(work, open, method);
}

function goOn(work: Work, invoice: Stripe.Invoice): void {
  const subscription = subscriptionOf(work, invoice);
  if (subscription?.status !== 'past_due') return;
  const after = work.store.put('subscription', { ...subscription, status: 'active' });
  recordEvent(work, 'customer.subscription.updated', after, { status: 'past_due' });
}

function subscriptionOf(work: Work, invoice: Stripe.Invoice): Stripe.Subscription | undefined {
  const id = idOf(invoice.parent?.subscription_details?.subscription);
  return id === null ? undefined : findSubscription(work, id);
}

function methodOf(work: Work, name: string | undefined): Instrument | undefined {
  if (name === undefined) return undefined;
  const card = cardForToken(name);
  if (card)
    return addCard(
      work,
      { card, last4: card.number.slice(-4), expMonth: 12, expYear: 2040 },
      { email: null, name: null },
    );
  const known = work.store.get('instrument', name);
  if (!known) throw noSuch('PaymentMethod', name, 'payment_method');
  return known;
}
