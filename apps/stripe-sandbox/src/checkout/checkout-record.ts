import type Stripe from 'stripe';

/** A checkout session and what the API does not show of it. */
export interface CheckoutRecord {
  readonly id: string;
  readonly session: Stripe.Checkout.Session;
  readonly lineItems: readonly Stripe.LineItem[];
  /** The payment being tried; a subscription's session shows no payment intent of its own. */
  readonly attempt: string | null;
  readonly payment: PaymentTerms;
  readonly subscription: { readonly description: string | null; readonly metadata: Record<string, string> };
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
