import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { noSuch, refused } from '../api/api-error.js';
import { taxOf } from '../catalog/tax.js';
import { newId } from '../store/ids.js';
import { idOf } from '../store/referenced.js';
import { type Work } from '../store/work.js';

export interface NewInvoice {
  readonly customer: Stripe.Customer;
  /** Null for what was sold once (`invoice_creation`). */
  readonly subscription: Stripe.Subscription | null;
  readonly reason: 'subscription_create' | 'subscription_cycle' | 'manual';
  readonly currency: string;
  readonly items: readonly Stripe.LineItem[];
  readonly amount: number;
  /** Null when there was nothing to pay. */
  readonly paymentIntent: string | null;
  readonly metadata?: Record<string, string>;
}

/** Writes the invoice of a payment that has been made, with all its events. */
export function addPaidInvoice(work: Work, given: NewInvoice): Stripe.Invoice {
  const invoice = work.store.put('invoice', invoiceOf(work, given, true));
  const payment = given.paymentIntent === null ? null : addInvoicePayment(work, invoice, given.paymentIntent);
  recordEvent(work, 'invoice.created', invoice);
  recordEvent(work, 'invoice.finalized', invoice);
  recordEvent(work, 'invoice.paid', invoice);
  recordEvent(work, 'invoice.payment_succeeded', invoice);
  if (payment) recordEvent(work, 'invoice_payment.paid', payment);
  return invoice;
}

/** Writes the invoice of a payment that was declined, with its events. It stays open: the sandbox does not try again. */
export function addFailedInvoice(work: Work, given: NewInvoice): Stripe.Invoice {
  const invoice = work.store.put('invoice', invoiceOf(work, given, false));
  recordEvent(work, 'invoice.created', invoice);
  recordEvent(work, 'invoice.finalized', invoice);
  recordEvent(work, 'invoice.payment_failed', invoice);
  return invoice;
}

/** `POST /v1/invoices/:id/void` and `…/mark_uncollectible`: gives up what is owed. @throws {ApiError} when nothing is */
export function giveUpInvoice(work: Work, id: string, to: 'void' | 'uncollectible'): Stripe.Invoice {
  const invoice = findInvoice(work, id);
  const isOwed = invoice.status === 'open' || (invoice.status === 'uncollectible' && to === 'void');
  if (!isOwed) throw refused(`You cannot do this to an invoice that is ${String(invoice.status)}.`);
  const at = to === 'void' ? { voided_at: work.now } : { marked_uncollectible_at: work.now };
  const status_transitions = { ...invoice.status_transitions, ...at };
  const after = work.store.put('invoice', { ...invoice, status: to, status_transitions });
  recordEvent(work, to === 'void' ? 'invoice.voided' : 'invoice.marked_uncollectible', after);
  return after;
}

/** The payments of an invoice, as `expand[]=payments` shows them. */
export function paymentsOf(work: Work, invoiceId: string): Stripe.ApiList<Stripe.InvoicePayment> {
  const data = work.store.all('invoice_payment').filter(({ invoice }) => invoice === invoiceId);
  return { object: 'list', data, has_more: false, url: `/v1/invoice_payments?invoice=${invoiceId}` };
}

/** @throws {ApiError} resource_missing */
export function findInvoice(work: Work, id: string, param?: string): Stripe.Invoice {
  const invoice = work.store.get('invoice', id);
  if (!invoice) throw noSuch('invoice', id, param);
  return invoice;
}

/** Says which payment paid an invoice. Its event is the caller's to record. */
export function addInvoicePayment(work: Work, invoice: Stripe.Invoice, paymentIntent: string): Stripe.InvoicePayment {
  const payment: Stripe.InvoicePayment = {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: invoice.amount_paid,
    amount_requested: invoice.amount_due,
    created: work.now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: paymentIntent },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: work.now },
  };
  return work.store.put('invoice_payment', payment);
}

function invoiceOf(work: Work, given: NewInvoice, isPaid: boolean): Stripe.Invoice {
  const { customer, subscription, amount } = given;
  const tax = taxOf(given.items);
  const id = newId('in');
  const number = `${customer.invoice_prefix ?? 'SANDBOX'}-${String(invoicesOf(work, customer.id) + 1).padStart(4, '0')}`;
  return {
    id,
    object: 'invoice',
    account_country: 'DE',
    account_name: 'Stripe sandbox',
    account_tax_ids: null,
    amount_due: amount,
    amount_overpaid: 0,
    amount_paid: isPaid ? amount : 0,
    amount_remaining: isPaid ? 0 : amount,
    amount_shipping: 0,
    application: null,
    attempt_count: 1,
    attempted: true,
    auto_advance: false,
    automatic_tax: automaticTax(tax > 0),
    automatically_finalizes_at: null,
    billing_reason: given.reason,
    collection_method: 'charge_automatically',
    created: work.now,
    currency: given.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: work.now,
    ending_balance: 0,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: `${work.publicUrl}/i/${id}`,
    invoice_pdf: `${work.publicUrl}/i/${id}/pdf`,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: {
      object: 'list',
      data: given.items.map((item) => invoiceLine(work, id, subscription, item)),
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    livemode: false,
    metadata: given.metadata ?? {},
    next_payment_attempt: null,
    number,
    on_behalf_of: null,
    parent: subscription && {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: work.now,
    period_start: work.now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: isPaid ? 'paid' : 'open',
    status_transitions: {
      finalized_at: work.now,
      marked_uncollectible_at: null,
      paid_at: isPaid ? work.now : null,
      voided_at: null,
    },
    subtotal: given.items.reduce((sum, item) => sum + item.amount_subtotal, 0),
    subtotal_excluding_tax: amount - tax,
    test_clock: subscription?.test_clock ?? null,
    total: amount,
    total_discount_amounts: [],
    total_excluding_tax: amount - tax,
    total_pretax_credit_amounts: [],
    total_taxes: taxesOf(given.items),
    webhooks_delivered_at: work.now,
  };
}

function invoiceLine(
  work: Work,
  invoice: string,
  subscription: Stripe.Subscription | null,
  item: Stripe.LineItem,
): Stripe.InvoiceLineItem {
  const subscriptionItem = subscription?.items.data.find(({ price }) => price.id === item.price?.id);
  return {
    id: newId('il'),
    object: 'line_item',
    amount: item.amount_total,
    currency: item.currency,
    description: `${item.quantity ?? 1} × ${item.description ?? ''}`,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: subscription?.metadata ?? {},
    parent:
      subscription && subscriptionItem
        ? {
            invoice_item_details: null,
            subscription_item_details: {
              invoice_item: null,
              proration: false,
              proration_details: null,
              subscription: subscription.id,
              subscription_item: subscriptionItem.id,
            },
            type: 'subscription_item_details',
          }
        : null,
    period: {
      start: subscriptionItem?.current_period_start ?? work.now,
      end: subscriptionItem?.current_period_end ?? work.now,
    },
    pretax_credit_amounts: [],
    pricing: {
      type: 'price_details',
      price_details: { price: item.price?.id ?? '', product: idOf(item.price?.product) ?? '' },
      unit_amount_decimal: item.price?.unit_amount_decimal ?? null,
    },
    quantity: item.quantity,
    quantity_decimal: null,
    subscription: subscription?.id ?? null,
    subtotal: item.amount_subtotal,
    taxes: taxesOf([item]),
  };
}

/** `automatic_tax` of an invoice or session. */
export function automaticTax(enabled: boolean) {
  const found = { liability: { type: 'self' as const }, provider: 'stripe', status: 'complete' as const };
  const none = { liability: null, provider: null, status: null };
  return { disabled_reason: null, enabled, ...(enabled ? found : none) };
}

function taxesOf(items: readonly Stripe.LineItem[]): Stripe.Invoice.TotalTax[] {
  return items
    .filter(({ amount_tax: tax }) => tax > 0)
    .map(({ amount_tax: amount, amount_total: total, price }) => ({
      amount,
      tax_behavior: price?.tax_behavior === 'inclusive' ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate: 'txr_sandbox' },
      taxability_reason: 'standard_rated',
      taxable_amount: total - amount,
      type: 'tax_rate_details',
    }));
}

function invoicesOf(work: Work, customerId: string): number {
  return work.store.all('invoice').filter(({ customer }) => customer === customerId).length;
}
