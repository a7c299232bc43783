import { MarketError } from './market.errors.js';
import type { PricedItem } from './price-items.js';

/** The most Stripe takes in one payment, in minor units. */
const MAX_AMOUNT = 99_999_999;

/**
 * How an order is paid: what is delivered later is paid when it is delivered. Stripe takes one part of a held payment and releases
 * the rest, so what is in a cart with certificates is paid and delivered when they are decided.
 */
export function captureOf(items: readonly Pick<PricedItem, 'sold'>[]): 'automatic' | 'manual' {
  return items.some(({ sold }) => sold.product.kind === 'certificate') ? 'manual' : 'automatic';
}

/** The sum of items that can be paid for together. @throws {MarketError} ITEMS_NOT_TOGETHER or ORDER_TOO_LARGE */
export function sumTogether(items: readonly PricedItem[]): number {
  const currencies = new Set(items.map(({ sold }) => sold.package.currency));
  const isSubscription = items.some(({ sold }) => sold.package.licenseKind === 'subscription');
  if (currencies.size > 1 || (isSubscription && items.length > 1)) throw new MarketError('ITEMS_NOT_TOGETHER');
  const sum = items.reduce((total, { amountMinor }) => total + amountMinor, 0);
  if (sum > MAX_AMOUNT) throw new MarketError('ORDER_TOO_LARGE');
  return sum;
}
