import type Stripe from 'stripe';
import { findCustomer } from '../customers/customers.js';
import { checkAmount, readCurrency } from '../catalog/currencies.js';
import { taxOf, totalOf, withTax } from '../catalog/tax.js';
import { automaticTax } from '../billing/invoices.js';
import { invalidParameter } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { DELAYED_METHODS } from '../payments/delayed-methods.js';
import { newId } from '../store/ids.js';
import { schedule } from '../store/task.js';
import { type Work } from '../store/work.js';
import { type CheckoutRecord, type PaymentTerms, type SubscriptionTerms } from './checkout-record.js';
import { readLineItems } from './line-items.js';

const DAY = 86_400;
const MIN_LIFETIME = 1800;

/** Parameters of Stripe's that only change how its page looks or what else it asks. */
const WITHOUT_EFFECT = [
  'adaptive_pricing',
  'after_expiration',
  'allow_promotion_codes',
  'billing_address_collection',
  'branding_settings',
  'consent_collection',
  'custom_text',
  'customer_update',
  'integration_identifier',
  'locale',
  'managed_payments',
  'name_collection',
  'origin_context',
  'payment_method_configuration',
  'payment_method_data',
  'payment_method_options',
  'phone_number_collection',
  'saved_payment_method_options',
  'submit_type',
  'tax_id_collection',
  'wallet_options',
] as const;

/** Opens a checkout session: a page where somebody can pay for the line items until it expires. */
export function createSession(work: Work, params: Params): Stripe.Checkout.Session {
  const mode = params.oneOf('mode', ['payment', 'subscription'] as const) ?? params.missing('mode');
  params.oneOf('ui_mode', ['hosted_page']);
  params.ignore(...WITHOUT_EFFECT);
  const subscription = readSubscriptionData(params, mode);
  const isTaxed = params.object('automatic_tax')?.boolean('enabled') ?? false;
  const lineItems = readLineItems(work, params, mode).map((item) =>
    dueNow(item, subscription, isTaxed ? work.taxPercent : 0),
  );
  const total = totalOf(lineItems);
  const currency = checkedCurrency(params, lineItems, total);
  const payment = readPaymentTerms(params, mode);
  const id = newId('cs_test', 58);
  const methodTypes = readMethodTypes(params, mode, currency);
  const session: Stripe.Checkout.Session = {
    ...constantsOf(),
    id,
    amount_subtotal: lineItems.reduce((sum, item) => sum + item.amount_subtotal, 0),
    amount_total: total,
    automatic_tax: automaticTax(isTaxed),
    cancel_url: params.url('cancel_url') ?? null,
    client_reference_id: params.text('client_reference_id', 200) ?? null,
    created: work.now,
    currency,
    expires_at: readExpiry(work, params),
    invoice_creation: readInvoiceCreation(params, mode),
    metadata: params.metadata(),
    mode,
    payment_method_collection: readCollection(params, mode),
    payment_method_types: methodTypes,
    payment_status: total === 0 ? 'no_payment_required' : 'unpaid',
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: taxOf(lineItems) },
    success_url: params.url('success_url') ?? params.missing('success_url'),
    url: `${work.publicUrl}/c/pay/${id}`,
    ...readCustomer(work, params, mode),
  };
  const record: CheckoutRecord = { id, session, lineItems, attempt: null, payment, subscription };
  work.store.put('checkout', record);
  schedule(work, 'expire-checkout', id, session.expires_at * 1000);
  return session;
}

/** A line item as it is paid now: with its tax, or for nothing while a trial runs. */
function dueNow(item: Stripe.LineItem, { trialDays }: SubscriptionTerms, percent: number): Stripe.LineItem {
  const isFree = trialDays !== null && item.price?.recurring;
  return withTax(isFree ? { ...item, amount_subtotal: 0, amount_total: 0 } : item, percent);
}

function readInvoiceCreation(params: Params, mode: string): Stripe.Checkout.Session['invoice_creation'] {
  const asked = params.object('invoice_creation');
  const enabled = asked?.boolean('enabled') ?? false;
  const data = asked?.object('invoice_data');
  data?.ignore('account_tax_ids', 'custom_fields', 'description', 'footer', 'issuer', 'rendering_options');
  const metadata = data?.metadata() ?? {};
  if (asked && mode !== 'payment')
    throw invalidParameter('invoice_creation', '`invoice_creation` can only be used in `payment` mode.');
  if (!enabled) return null;
  return {
    enabled,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: null,
      metadata,
      rendering_options: null,
    },
  };
}

function readCollection(params: Params, mode: string): Stripe.Checkout.Session['payment_method_collection'] {
  const asked = params.oneOf('payment_method_collection', ['always', 'if_required'] as const);
  if (asked !== undefined && mode !== 'subscription')
    throw invalidParameter('payment_method_collection', 'You can only set it in `subscription` mode.');
  return asked ?? (mode === 'subscription' ? 'always' : 'if_required');
}

function checkedCurrency(params: Params, items: readonly Stripe.LineItem[], total: number): string {
  const currency = items[0]!.currency;
  const wanted = readCurrency(params, 'currency');
  if (wanted !== undefined && wanted !== currency) {
    throw invalidParameter('currency', 'The currency of the line items is another one.');
  }
  checkAmount(total, currency);
  if (total > 99_999_999) throw invalidParameter('line_items', 'The total amount is too large.', 'amount_too_large');
  return currency;
}

function readExpiry(work: Work, params: Params): number {
  const expiresAt = params.integer('expires_at', 0, 9_999_999_999) ?? work.now + DAY;
  if (expiresAt < work.now + MIN_LIFETIME || expiresAt > work.now + DAY) {
    throw invalidParameter(
      'expires_at',
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.',
    );
  }
  return expiresAt;
}

/** Cards, and a bank debit where the currency has one, unless the request names the methods it wants. */
function readMethodTypes(params: Params, mode: string, currency: string): string[] {
  const offered = [
    'card',
    ...DELAYED_METHODS.filter((it) => it.currency === currency && mode === 'payment').map((it) => it.type),
  ];
  const wanted = params.texts('payment_method_types');
  const unknown = wanted.find((type) => !offered.includes(type));
  if (unknown !== undefined) {
    throw invalidParameter(
      'payment_method_types',
      `The payment method type "${unknown.slice(0, 50)}" is not available here. In ${mode} mode and ${currency} the sandbox has ${offered.join(', ')}.`,
    );
  }
  return wanted.length > 0 ? [...new Set(wanted)] : offered;
}

function readCustomer(
  work: Work,
  params: Params,
  mode: string,
): Pick<Stripe.Checkout.Session, 'customer' | 'customer_email' | 'customer_creation' | 'customer_details'> {
  const customerId = params.text('customer');
  const email = params.email('customer_email') ?? null;
  const creation = params.oneOf('customer_creation', ['always', 'if_required'] as const);
  if (customerId !== undefined && (email !== null || creation !== undefined)) {
    throw invalidParameter(
      'customer',
      'You may only specify one of these parameters: customer, customer_email, customer_creation.',
    );
  }
  if (creation !== undefined && mode === 'subscription') {
    throw invalidParameter('customer_creation', '`customer_creation` can only be used in `payment` and `setup` mode.');
  }
  const customer = customerId === undefined ? null : findCustomer(work, customerId, 'customer');
  const known = customer?.email ?? email;
  return {
    customer: customer?.id ?? null,
    customer_email: email,
    customer_creation: customer ? null : mode === 'subscription' ? 'always' : (creation ?? 'if_required'),
    customer_details: known === null ? null : customerDetails(known, customer?.name ?? null),
  };
}

/** `customer_details` of a session. */
export function customerDetails(
  email: string,
  name: string | null,
): NonNullable<Stripe.Checkout.Session['customer_details']> {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  };
}

function readPaymentTerms(params: Params, mode: string): PaymentTerms {
  const data = params.object('payment_intent_data');
  if (data && mode !== 'payment') {
    throw invalidParameter('payment_intent_data', 'You can not pass `payment_intent_data` in `subscription` mode.');
  }
  data?.ignore('shipping', 'statement_descriptor', 'statement_descriptor_suffix', 'on_behalf_of');
  return {
    captureMethod:
      data?.oneOf('capture_method', ['automatic', 'automatic_async', 'manual'] as const) === 'manual'
        ? 'manual'
        : 'automatic',
    description: data?.text('description', 1000) ?? null,
    metadata: data?.metadata() ?? {},
    receiptEmail: data?.email('receipt_email') ?? null,
    setupFutureUsage: data?.oneOf('setup_future_usage', ['off_session', 'on_session'] as const) ?? null,
    transferGroup: data?.text('transfer_group') ?? null,
  };
}

function readSubscriptionData(params: Params, mode: string): SubscriptionTerms {
  const data = params.object('subscription_data');
  if (data && mode !== 'subscription') {
    throw invalidParameter('subscription_data', 'You can not pass `subscription_data` in `payment` mode.');
  }
  data?.ignore('invoice_settings', 'billing_mode', 'on_behalf_of', 'proration_behavior');
  const trialEnd = data?.object('trial_settings')?.object('end_behavior');
  return {
    description: data?.text('description', 500) ?? null,
    metadata: data?.metadata() ?? {},
    trialDays: data?.integer('trial_period_days', 1, 730) ?? null,
    withoutMeans: trialEnd?.oneOf('missing_payment_method', ['cancel', 'create_invoice'] as const) ?? 'create_invoice',
  };
}

/** The parts of a session that are the same for all sessions of the sandbox. */
function constantsOf() {
  return {
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    billing_address_collection: null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer_account: null,
    discounts: [],
    integration_identifier: null,
    invoice: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    ui_mode: 'hosted_page',
    wallet_options: null,
  } satisfies Partial<Stripe.Checkout.Session>;
}
