import type Stripe from 'stripe';

/** A decimal as the API sends it: text. The package's types describe the number object its client makes of that. */
export function decimal(value: number): Stripe.Decimal {
  return String(value) as unknown as Stripe.Decimal;
}
