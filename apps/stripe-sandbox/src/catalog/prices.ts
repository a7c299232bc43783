import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { noSuch } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { decimal } from '../store/decimal.js';
import { newId } from '../store/ids.js';
import { type Work } from '../store/work.js';
import { readCurrency } from './currencies.js';
import { createProduct, findProduct } from './products.js';

const INTERVALS = ['day', 'week', 'month', 'year'] as const;
const MAX_AMOUNT = 99_999_999;

/** Adds a price of `POST /v1/prices`, or of `price_data` inside a line item. */
export function createPrice(work: Work, params: Params, inline: boolean): Stripe.Price {
  const currency = readCurrency(params, 'currency') ?? params.missing('currency');
  const amount = params.integer('unit_amount', 0, MAX_AMOUNT) ?? params.missing('unit_amount');
  const recurring = readRecurring(params.object('recurring'));
  const product = readProduct(work, params);
  const price: Stripe.Price = {
    id: newId('price'),
    object: 'price',
    active: inline ? false : (params.boolean('active') ?? true), // Stripe makes prices of a session inactive
    billing_scheme: 'per_unit',
    created: work.now,
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: params.text('lookup_key', 200) ?? null,
    metadata: params.metadata(),
    nickname: params.text('nickname') ?? null,
    product: product.id,
    recurring,
    tax_behavior: params.oneOf('tax_behavior', ['exclusive', 'inclusive', 'unspecified']) ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? 'recurring' : 'one_time',
    unit_amount: amount,
    unit_amount_decimal: decimal(amount),
  };
  work.store.put('price', price);
  if (!inline) recordEvent(work, 'price.created', price);
  return price;
}

/** @throws {ApiError} resource_missing */
export function findPrice(work: Work, id: string, param?: string): Stripe.Price {
  const price = work.store.get('price', id);
  if (!price) throw noSuch('price', id, param);
  return price;
}

function readProduct(work: Work, params: Params): Stripe.Product {
  const id = params.text('product');
  if (id !== undefined) return findProduct(work, id, params.nameOf('product'));
  const data = params.object('product_data') ?? params.missing('product');
  return createProduct(work, data);
}

function readRecurring(params: Params | undefined): Stripe.Price['recurring'] {
  if (!params) return null;
  return {
    interval: params.oneOf('interval', INTERVALS) ?? params.missing('interval'),
    interval_count: params.integer('interval_count', 1, 1095) ?? 1,
    meter: null,
    trial_period_days: null,
    usage_type: params.oneOf('usage_type', ['licensed']) ?? 'licensed',
  };
}
