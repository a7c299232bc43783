import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { noSuch } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { newId } from '../store/ids.js';
import { type Work } from '../store/work.js';

/** Adds a product of `POST /v1/products`, or of `product_data` inside a price. */
export function createProduct(work: Work, params: Params): Stripe.Product {
  params.ignore('tax_code', 'unit_label', 'statement_descriptor', 'shippable');
  const product: Stripe.Product = {
    id: newId('prod', 14),
    object: 'product',
    active: params.boolean('active') ?? true,
    created: work.now,
    default_price: null,
    description: params.text('description') ?? null,
    images: params.texts('images'),
    livemode: false,
    marketing_features: [],
    metadata: params.metadata(),
    name: params.requiredText('name'),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: work.now,
    url: params.url('url') ?? null,
  };
  work.store.put('product', product);
  recordEvent(work, 'product.created', product);
  return product;
}

/** @throws {ApiError} resource_missing */
export function findProduct(work: Work, id: string, param?: string): Stripe.Product {
  const product = work.store.get('product', id);
  if (!product) throw noSuch('product', id, param);
  return product;
}
