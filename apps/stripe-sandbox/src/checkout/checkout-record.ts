import type Stripe from 'stripe';

/** A checkout session and what the API does not show of it. */
export interface CheckoutRecord {
  readonly id: string;
  readonly session: Stripe.Checkout.Session;
  readonly lineItems: readonly Stripe.LineItem[];
  /** The payment being tried; a subscription's session shows no payment intent of its own. */
  readonly attempt: string | null;
  readonly payment: PaymentTerms;
  readonly subscription: SubscriptionTerms;
}

/** `subscription_data`: what the subscription is started with once the customer pays. */
export interface SubscriptionTerms {
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly trialDays: number | null;
  readonly withoutMeans: 'cancel' | 'create_invoice';
}

/** Whether the page asks for a means of payment: for a trial it does though nothing is charged yet, unless told not to. */
export function asksForMeans({ session, subscription }: CheckoutRecord): boolean {
  const keepsOne = subscription.trialDays !== null && session.payment_method_collection === 'always';
  return session.payment_status !== 'no_payment_required' || keepsOne;
}

/** `payment_intent_data`: what the payment is made with once the customer pays. */
export interface PaymentTerms {
  readonly captureMethod: 'automatic' | 'manual';
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly receiptEmail: string | null;
  readonly setupFutureUsage: 'off_session' | 'on_session' | null;
  readonly transferGroup: string | null;
}
