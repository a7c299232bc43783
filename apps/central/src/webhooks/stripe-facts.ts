import type { Writes } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import type { Invoice, SoldOrder, StripeCharge, StripeCheckoutSession, StripeDispute, StripeInvoice } from '#checkout';
import type { ReturnState } from '#licenses';

/** An event as far as everyone who acts on it needs it. */
export interface Heard {
  /** `evt_…` */
  readonly eventId: string;
  /** When it happened at Stripe: the hub may hear of it late. */
  readonly at: Date;
}

/** An event that is being acted on: its transaction, what will be written at its end, and the locked orders it names. */
export interface Hearing extends Heard {
  readonly tx: EntityManager;
  readonly writes: Writes;
  /** The first of `orders`, for events that name one. */
  readonly order: SoldOrder | null;
  /** By id. */
  readonly orders: readonly SoldOrder[];
}

/** Why an event is not believed, whoever signed it: it changes nothing, and operators see it. */
export type Refused =
  | 'amount_mismatch'
  | 'currency_mismatch'
  | 'malformed'
  | 'other_account'
  | 'other_mode'
  | 'other_session'
  | 'unknown_price';

/** What came of an event: a word, or why it was refused. */
export type Outcome = string | { readonly refused: Refused };

/** Invoices that pay for a period of a subscription; others are none of the hub's. */
const PERIOD_REASONS: readonly (string | null)[] = ['subscription_create', 'subscription_cycle'];

export interface InvoiceFacts {
  readonly orderId: string;
  readonly subscription: string;
  readonly isPurchase: boolean;
  readonly paidAt: Date | null;
  readonly endsAt: Date | null;
  /** Tax within what was paid; not yet checked. */
  readonly taxMinor: number;
  /** The listing's price its subscription was sold at. */
  readonly priceId: string | null;
}

/** What an invoice says about an order, or null when it is for something else. */
export function readInvoice(invoice: StripeInvoice): InvoiceFacts | null {
  const details = invoice.parent?.subscription_details;
  const orderId = details?.metadata?.['order_id'];
  const subscription = idOf(details?.subscription);
  if (!orderId || !subscription || !PERIOD_REASONS.includes(invoice.billing_reason)) return null;
  const ends = invoice.lines.data.map(({ period }) => period.end);
  return {
    orderId,
    subscription,
    isPurchase: invoice.billing_reason === 'subscription_create',
    paidAt: timeOf(invoice.status_transitions.paid_at),
    endsAt: ends.length > 0 ? timeOf(Math.max(...ends)) : null,
    taxMinor: (invoice.total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0),
    priceId: details.metadata?.['price_id'] ?? null,
  };
}

const BILL_STATUSES: readonly (string | null)[] = [
  'open',
  'uncollectible',
  'paid',
  'void',
] satisfies Invoice['status'][];

/** An invoice as its merchant sees it, whatever it is for. Null for a draft, which has no number yet, and for what is none. */
export function readBill(invoice: StripeInvoice): Omit<Invoice, 'orderId'> | null {
  const { id, number, status, total, currency, created } = invoice;
  const issuedAt = timeOf(invoice.effective_at ?? created);
  if (!number || issuedAt === null || !BILL_STATUSES.includes(status)) return null;
  if (!isAmount(total) || !isCurrency(currency)) return null;
  const known = status as Invoice['status'];
  return { id, number, status: known, amountMinor: total, currency: currency.toUpperCase(), issuedAt };
}

/** Money that was taken for an order, as Stripe says it. */
export interface Takings {
  readonly amountMinor: number | null;
  readonly currency: string | null;
  readonly taxMinor: number;
  readonly priceId: string | null;
}

/** Why this is not what the orders were sold at, or null. `wanted` is their price, or nothing for a trial. */
export function refusalOf(orders: readonly SoldOrder[], takings: Takings, wanted: number): Refused | null {
  if (orders.some(({ priceId }) => priceId !== null && priceId !== takings.priceId)) return 'unknown_price';
  if (orders.some(({ currency }) => currency !== takings.currency?.toUpperCase())) return 'currency_mismatch';
  // Equal to an amount of the hub's, it is whole and positive too.
  if (takings.amountMinor !== wanted) return 'amount_mismatch';
  return isAmount(takings.taxMinor) && takings.taxMinor <= wanted ? null : 'amount_mismatch';
}

/** What orders cost together. */
export function priceOf(orders: readonly SoldOrder[]): number {
  return orders.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** What a session says was paid. */
export function takingsOf({ amount_total, currency, total_details, metadata }: StripeCheckoutSession): Takings {
  const taxMinor = total_details?.amount_tax ?? 0;
  return { amountMinor: amount_total, currency, taxMinor, priceId: metadata?.['price_id'] ?? null };
}

export interface ReturnFacts {
  readonly id: string;
  readonly kind: 'refund' | 'dispute';
  readonly paymentIntent: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly state: ReturnState;
  readonly happenedAt: Date;
  readonly heardAt: Date;
}

/** What went back, with what was paid where that is told; or why it is nothing. */
export type ReturnVerdict =
  { readonly facts: ReturnFacts; readonly paidMinor: number | null } | { readonly refused: Refused } | null;

/** What a charge says about money that went back. Null when it says nothing of use. */
export function readRefund(charge: StripeCharge, { at }: Heard): ReturnVerdict {
  const { id, amount_refunded: amountMinor, currency } = charge;
  // Of a payment that was held the part that was taken.
  const paidMinor = (charge as Partial<StripeCharge>).amount_captured ?? charge.amount;
  const paymentIntent = idOf(charge.payment_intent);
  if (paymentIntent === null || amountMinor === 0) return null;
  if (!isAmount(amountMinor) || !isAmount(paidMinor) || !isCurrency(currency)) return { refused: 'malformed' };
  if (amountMinor > paidMinor) return { refused: 'amount_mismatch' };
  const back = { id, paymentIntent, amountMinor, currency: currency.toUpperCase() };
  return { facts: { ...back, kind: 'refund', state: 'refunded', happenedAt: at, heardAt: at }, paidMinor };
}

/** What a dispute says. Null when it says nothing of use. */
export function readDispute(dispute: StripeDispute, { at }: Heard): ReturnVerdict {
  const { id, amount: amountMinor, currency } = dispute;
  const paymentIntent = idOf(dispute.payment_intent);
  if (paymentIntent === null) return null;
  if (!isAmount(amountMinor) || !isCurrency(currency)) return { refused: 'malformed' };
  const happenedAt = timeOf(dispute.created) ?? at;
  const back = { id, paymentIntent, amountMinor, currency: currency.toUpperCase() };
  const state = stateOf(dispute.status);
  return { facts: { ...back, kind: 'dispute', state, happenedAt, heardAt: at }, paidMinor: null };
}

function isCurrency(text: unknown): text is string {
  return typeof text === 'string' && /^[a-z]{3}$/i.test(text);
}

/** An inquiry asks for no money yet; every word that is not known to be harmless counts as an open dispute. */
function stateOf(status: string): ReturnState {
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
      return 'inquiry';
    case 'won':
    case 'warning_closed':
    case 'prevented':
      return 'won';
    case 'lost':
    case 'appeal_needs_response':
    case 'appeal_under_review':
      return 'lost';
    default:
      return 'open';
  }
}

/** The id of what Stripe names by its id or shows in full. */
export function idOf(reference: string | { readonly id: string } | null | undefined): string | null {
  return typeof reference === 'object' ? (reference?.id ?? null) : (reference ?? null);
}

/** Stripe's seconds as a time. */
export function timeOf(seconds: number | null | undefined): Date | null {
  return typeof seconds === 'number' ? new Date(seconds * 1_000) : null;
}

/** An amount the ledger can hold: fractions and negative sums are no money. */
function isAmount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 2 ** 31 - 1;
}
