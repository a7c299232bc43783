import type { Writes } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import type { SoldOrder, StripeCharge, StripeDispute, StripeInvoice } from '#checkout';
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

/** Invoices that pay for a period of a subscription; others are none of the hub's. */
const PERIOD_REASONS: readonly (string | null)[] = ['subscription_create', 'subscription_cycle'];

export interface InvoiceFacts {
  readonly orderId: string;
  readonly subscription: string;
  readonly isPurchase: boolean;
  readonly paidAt: Date | null;
  readonly endsAt: Date | null;
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
  };
}

export interface ReturnFacts {
  readonly id: string;
  readonly kind: 'refund' | 'dispute';
  readonly paymentIntent: string;
  readonly amountMinor: number;
  readonly state: ReturnState;
  readonly happenedAt: Date;
  readonly heardAt: Date;
}

/** What a charge says about money that went back, or null when it says nothing of use. */
export function readRefund(charge: StripeCharge, { at }: Heard): ReturnFacts | null {
  const { id, amount_refunded: amountMinor } = charge;
  const paymentIntent = idOf(charge.payment_intent);
  if (paymentIntent === null || !isAmount(amountMinor) || amountMinor === 0) return null;
  return { id, kind: 'refund', paymentIntent, amountMinor, state: 'refunded', happenedAt: at, heardAt: at };
}

/** What a dispute says, or null when it says nothing of use. */
export function readDispute(dispute: StripeDispute, { at }: Heard): ReturnFacts | null {
  const { id, amount: amountMinor } = dispute;
  const paymentIntent = idOf(dispute.payment_intent);
  if (paymentIntent === null || !isAmount(amountMinor)) return null;
  const happenedAt = timeOf(dispute.created) ?? at;
  return { id, kind: 'dispute', paymentIntent, amountMinor, state: stateOf(dispute.status), happenedAt, heardAt: at };
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
