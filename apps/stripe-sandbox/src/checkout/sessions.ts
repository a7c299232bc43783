import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { noSuch, refused } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { cancelIntent } from '../payments/payment-intents.js';
import { type Work } from '../store/work.js';
import { type CheckoutRecord } from './checkout-record.js';

/** @throws {ApiError} resource_missing */
export function findCheckout(work: Work, id: string): CheckoutRecord {
  const record = work.store.get('checkout', id);
  if (!record) throw noSuch('checkout.session', id);
  return record;
}

/** The session whose customer is paying with this intent. */
export function checkoutOfIntent(work: Work, intentId: string): CheckoutRecord | undefined {
  return work.store.all('checkout').find(({ attempt }) => attempt === intentId);
}

/** The line items of a session, as `expand[]=line_items` shows them. */
export function lineItemsOf(work: Work, id: string): Stripe.ApiList<Stripe.LineItem> {
  const data = [...findCheckout(work, id).lineItems];
  return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${id}/line_items` };
}

/** Changes the metadata of a session. */
export function updateSession(work: Work, id: string, params: Params): Stripe.Checkout.Session {
  const record = findCheckout(work, id);
  const session = { ...record.session, metadata: params.metadata('metadata', record.session.metadata ?? {}) };
  work.store.put('checkout', { ...record, session });
  return session;
}

/** Closes an open session before its time. */
export function expireSession(work: Work, id: string): Stripe.Checkout.Session {
  const record = findCheckout(work, id);
  if (record.session.status !== 'open') {
    throw refused(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${record.session.status}.`,
    );
  }
  return expire(work, record);
}

/** Closes a session whose time has come; any other is left alone. */
export function expireIfDue(work: Work, id: string): void {
  const record = work.store.get('checkout', id);
  if (record && isOverdue(record, work.now)) expire(work, record);
}

/** Whether nobody may pay any more, though the session has not been closed yet. */
export function isOverdue({ session }: CheckoutRecord, now: number): boolean {
  return session.status === 'open' && session.expires_at <= now;
}

function expire(work: Work, record: CheckoutRecord): Stripe.Checkout.Session {
  const intent = record.attempt === null ? undefined : work.store.get('payment_intent', record.attempt);
  if (intent) cancelIntent(work, intent, 'automatic');
  const session: Stripe.Checkout.Session = { ...record.session, status: 'expired', url: null };
  work.store.put('checkout', { ...record, session });
  recordEvent(work, 'checkout.session.expired', session);
  return session;
}
