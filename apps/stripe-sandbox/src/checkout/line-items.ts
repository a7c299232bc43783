import type Stripe from 'stripe';
import { createPrice, findPrice } from '../catalog/prices.js';
import { invalidParameter } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { newId } from '../store/ids.js';
import { referenced } from '../store/referenced.js';
import { type Work } from '../store/work.js';

const MAX_LINE_ITEMS = 100;

/**
 * Reads the line items of a session; prices and products given inline are added.
 *
 * @throws {ApiError} when there is none, they mix currencies, or they do not fit the mode
 */
export function readLineItems(work: Work, params: Params, mode: 'payment' | 'subscription'): Stripe.LineItem[] {
  const given = params.objects('line_items');
  if (given.length === 0) params.missing('line_items');
  if (given.length > MAX_LINE_ITEMS)
    throw invalidParameter('line_items', `You can have up to ${MAX_LINE_ITEMS} line items.`);
  const items = given.map((item) => readLineItem(work, item));
  const currency = items[0]?.currency;
  if (items.some((item) => item.currency !== currency)) {
    throw invalidParameter('line_items', 'All line items must have the same currency.');
  }
  const recurring = items.filter((item) => item.price?.recurring);
  if (mode === 'payment' && recurring.length > 0) {
    throw invalidParameter(
      'mode',
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
    );
  }
  if (mode === 'subscription' && recurring.length === 0) {
    throw invalidParameter(
      'mode',
      'You must provide at least one recurring price in `subscription` mode when using prices.',
    );
  }
  return items;
}

function readLineItem(work: Work, params: Params): Stripe.LineItem {
  const quantity = params.integer('quantity', 1, 999_999) ?? params.missing('quantity');
  params.ignore('adjustable_quantity', 'tax_rates', 'dynamic_tax_rates');
  const priceId = params.text('price');
  const data = params.object('price_data');
  if ((priceId === undefined) === (data === undefined)) {
    throw invalidParameter(params.nameOf('price'), 'Each line item needs exactly one of price and price_data.');
  }
  const price = data ? createPrice(work, data, true) : findPrice(work, String(priceId), params.nameOf('price'));
  const amount = (price.unit_amount ?? 0) * quantity;
  return {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: referenced(work, 'product', price.product)?.name ?? null,
    metadata: params.metadata(),
    price,
    quantity,
  };
}
