import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { noSuch } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { newId, randomText } from '../store/ids.js';
import { type Work } from '../store/work.js';

/** Answers `POST /v1/customers`. */
export function createCustomer(work: Work, params: Params): Stripe.Customer {
  params.ignore('address', 'shipping', 'preferred_locales', 'tax', 'tax_exempt', 'invoice_settings');
  return addCustomer(work, {
    email: params.email('email') ?? null,
    name: params.text('name', 256) ?? null,
    phone: params.text('phone', 20) ?? null,
    description: params.text('description') ?? null,
    metadata: params.metadata(),
    test_clock: readTestClock(work, params),
  });
}

/** Changes what was given. */
export function updateCustomer(work: Work, id: string, params: Params): Stripe.Customer {
  const before = findCustomer(work, id);
  params.ignore('address', 'shipping', 'preferred_locales', 'tax', 'tax_exempt', 'invoice_settings');
  const after = work.store.put('customer', {
    ...before,
    email: params.email('email') ?? before.email,
    name: params.text('name', 256) ?? before.name ?? null,
    phone: params.text('phone', 20) ?? before.phone ?? null,
    description: params.text('description') ?? before.description,
    metadata: params.metadata('metadata', before.metadata),
  });
  recordEvent(work, 'customer.updated', after, {});
  return after;
}

function readTestClock(work: Work, params: Params): string | null {
  const id = params.text('test_clock');
  if (id === undefined) return null;
  if (!work.store.get('test_clock', id)) throw noSuch('test clock', id, 'test_clock');
  return id;
}

type NewCustomer = Pick<Stripe.Customer, 'email' | 'name' | 'phone' | 'description' | 'metadata'> & {
  readonly test_clock?: string | null;
};

/** Adds a customer, with its event. */
export function addCustomer(work: Work, given: NewCustomer): Stripe.Customer {
  const customer: Stripe.Customer = {
    id: newId('cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: work.now,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    discount: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    next_invoice_sequence: 1,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...given,
  };
  work.store.put('customer', customer);
  recordEvent(work, 'customer.created', customer);
  return customer;
}

/** @throws {ApiError} resource_missing */
export function findCustomer(work: Work, id: string, param?: string): Stripe.Customer {
  const customer = work.store.get('customer', id);
  if (!customer) throw noSuch('customer', id, param);
  return customer;
}
