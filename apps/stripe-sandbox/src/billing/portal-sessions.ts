import type Stripe from 'stripe';
import { findCustomer } from '../customers/customers.js';
import { Params } from '../api/params.js';
import { newId } from '../store/ids.js';
import { idOf } from '../store/referenced.js';
import { type Work } from '../store/work.js';
import { updateSubscription } from './subscriptions.js';

/** How long a portal link opens its page. */
const LIFE_MS = 5 * 60_000;

/** `POST /v1/billing_portal/sessions`: a link to the page where a customer ends subscriptions and changes the card. Good for five minutes. */
export function createPortalSession(work: Work, params: Params): Stripe.BillingPortal.Session {
  const customer = findCustomer(work, params.requiredText('customer'), 'customer');
  params.ignore('configuration', 'locale', 'on_behalf_of');
  const id = newId('bps');
  return work.store.put('portal_session', {
    id,
    object: 'billing_portal.session',
    configuration: 'bpc_sandbox',
    created: work.now,
    customer: customer.id,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url: params.url('return_url') ?? null,
    url: `${work.publicUrl}/p/session/${id}`,
  });
}

export interface Portal {
  readonly session: Stripe.BillingPortal.Session;
  readonly subscriptions: readonly Stripe.Subscription[];
}

/** What the page of a link shows, or null when the link is unknown or old. */
export function findPortal(work: Work, id: string): Portal | null {
  const session = work.store.get('portal_session', id);
  if (!session || session.created * 1_000 + LIFE_MS <= work.nowMs) return null;
  const subscriptions = work.store.all('subscription').filter(({ customer }) => idOf(customer) === session.customer);
  return { session, subscriptions };
}

/** Lets a subscription of the customer end with its period, or go on after all. One of somebody else is left alone. */
export function renewInPortal(work: Work, { subscriptions }: Portal, subscriptionId: string, goesOn: boolean): void {
  const own = subscriptions.find(({ id, status }) => id === subscriptionId && status !== 'canceled');
  const ends = new Map([['cancel_at_period_end', goesOn ? 'false' : 'true']]);
  if (own) updateSubscription(work, own.id, new Params(ends));
}
