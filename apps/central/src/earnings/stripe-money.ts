import type Stripe from 'stripe';
import { sum, type PaymentThere, type TransferThere } from './compare-money.js';
import { feesSince } from './stripe-fees.service.js';

const PAGE = { limit: 100 } as const;
/** Disputes that hold no money: inquiries, and those that are over and cost nothing. */
const HARMLESS: readonly string[] = [
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'won',
  'prevented',
];

/** Everything Stripe was paid, with what went back and what it kept. */
export async function readPayments(client: Stripe): Promise<PaymentThere[]> {
  const disputed = await readDisputed(client);
  const fees = await readFees(client);
  const taxes = await readTaxes(client);
  const payments: PaymentThere[] = [];
  for await (const charge of client.charges.list(PAGE)) {
    const paymentIntent = idOf(charge.payment_intent);
    if (paymentIntent === null || charge.status !== 'succeeded' || !charge.captured) continue;
    payments.push({
      paymentIntent,
      orderId: charge.metadata['order_id'] ?? null,
      amountMinor: charge.amount_captured,
      currency: charge.currency.toUpperCase(),
      refundedMinor: charge.amount_refunded,
      disputedMinor: disputed.get(paymentIntent) ?? 0,
      taxMinor: taxes.get(paymentIntent) ?? 0,
      fees: fees.get(paymentIntent) ?? [],
    });
  }
  return payments;
}

/** The order a payment was for when only its invoice says so, as with renewals; null when it was for none of the hub's. */
export async function findInvoicedOrder(client: Stripe, paymentIntent: string): Promise<string | null> {
  const payment = { type: 'payment_intent', payment_intent: paymentIntent } as const;
  const [paid] = (await client.invoicePayments.list({ payment, limit: 1, expand: ['data.invoice'] })).data;
  const invoice = paid?.invoice;
  if (typeof invoice !== 'object' || 'deleted' in invoice) return null;
  return invoice.parent?.subscription_details?.metadata?.['order_id'] ?? null;
}

/** Everything that was transferred to publishers. */
export async function readTransfers(client: Stripe): Promise<TransferThere[]> {
  const transfers: TransferThere[] = [];
  for await (const transfer of client.transfers.list(PAGE)) {
    transfers.push({
      id: transfer.id,
      payoutId: transfer.metadata['payout_id'] ?? transfer.transfer_group,
      amountMinor: transfer.amount,
      reversedMinor: transfer.amount_reversed,
      currency: transfer.currency.toUpperCase(),
      destination: idOf(transfer.destination),
    });
  }
  return transfers;
}

async function readDisputed(client: Stripe): Promise<Map<string, number>> {
  const disputed = new Map<string, number>();
  for await (const { payment_intent: payment, status, amount } of client.disputes.list(PAGE)) {
    const id = idOf(payment);
    if (id !== null && !HARMLESS.includes(status)) disputed.set(id, (disputed.get(id) ?? 0) + amount);
  }
  return disputed;
}

/** Tax of each payment: of its session, or of the invoice it paid. */
async function readTaxes(client: Stripe): Promise<Map<string, number>> {
  const ofInvoices = new Map<string, number>();
  for await (const { id, total_taxes: taxes } of client.invoices.list(PAGE)) {
    const tax = (taxes ?? []).reduce((total, { amount }) => total + amount, 0);
    ofInvoices.set(id, tax);
  }
  const taxes = new Map<string, number>();
  for await (const { invoice, payment } of client.invoicePayments.list(PAGE)) {
    const intent = idOf(payment.payment_intent ?? null);
    if (intent !== null) taxes.set(intent, ofInvoices.get(idOf(invoice) ?? '') ?? 0);
  }
  for await (const { payment_intent: payment, total_details: details } of client.checkout.sessions.list(PAGE)) {
    const intent = idOf(payment);
    if (intent !== null) taxes.set(intent, details?.amount_tax ?? 0);
  }
  return taxes;
}

async function readFees(client: Stripe): Promise<Map<string, string[]>> {
  const fees = new Map<string, string[]>();
  for await (const { paymentIntent, feeMinor, currency } of feesSince(client, new Date(0))) {
    fees.set(paymentIntent, [...(fees.get(paymentIntent) ?? []), sum(feeMinor, currency)]);
  }
  return fees;
}

function idOf(reference: string | { readonly id: string } | null): string | null {
  return typeof reference === 'object' ? (reference?.id ?? null) : reference;
}
