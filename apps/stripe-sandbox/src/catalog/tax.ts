import type Stripe from 'stripe';

/** What automatic tax finds in an amount: within it when the price says `inclusive`, on top of it otherwise. */
export function taxIn(amount: number, behavior: Stripe.Price['tax_behavior'], percent: number): number {
  return behavior === 'inclusive'
    ? Math.round((amount * percent) / (100 + percent))
    : Math.round((amount * percent) / 100);
}

/** A line item with its tax. */
export function withTax(item: Stripe.LineItem, percent: number): Stripe.LineItem {
  const behavior = item.price?.tax_behavior ?? null;
  const tax = taxIn(item.amount_subtotal, behavior, percent);
  return { ...item, amount_tax: tax, amount_total: item.amount_subtotal + (behavior === 'inclusive' ? 0 : tax) };
}

/** Tax of all items together. */
export function taxOf(items: readonly Stripe.LineItem[]): number {
  return items.reduce((sum, item) => sum + item.amount_tax, 0);
}

/** What all items cost, with their tax. */
export function totalOf(items: readonly Stripe.LineItem[]): number {
  return items.reduce((sum, item) => sum + item.amount_total, 0);
}
