import type Stripe from 'stripe';
import { type AccountLinkRecord } from '../connect/accounts.js';
import { type CheckoutRecord } from '../checkout/checkout-record.js';
import { type Delivery, type EventRecord, type WebhookEndpointRecord } from '../events/event-records.js';
import { type SavedAnswer } from '../api/saved-answer.js';
import { type Instrument } from '../payments/instrument.js';
import { type Task } from './task.js';

/** Everything the sandbox remembers. Stripe's objects are kept in the shape the API answers with. */
export interface Tables {
  account: Stripe.Account;
  account_link: AccountLinkRecord;
  balance_transaction: Stripe.BalanceTransaction;
  charge: Stripe.Charge;
  checkout: CheckoutRecord;
  customer: Stripe.Customer;
  delivery: Delivery;
  dispute: Stripe.Dispute;
  event: EventRecord;
  /** Payment methods, with how they behave when charged. */
  instrument: Instrument;
  invoice: Stripe.Invoice;
  invoice_payment: Stripe.InvoicePayment;
  payment_intent: Stripe.PaymentIntent;
  portal_session: Stripe.BillingPortal.Session;
  price: Stripe.Price;
  product: Stripe.Product;
  refund: Stripe.Refund;
  saved_answer: SavedAnswer;
  subscription: Stripe.Subscription;
  task: Task;
  test_clock: Stripe.TestHelpers.TestClock;
  transfer: Stripe.Transfer;
  webhook_endpoint: WebhookEndpointRecord;
}

export type TableName = keyof Tables;

export const TABLE_NAMES = Object.keys({
  account: 0,
  account_link: 0,
  balance_transaction: 0,
  charge: 0,
  checkout: 0,
  customer: 0,
  delivery: 0,
  dispute: 0,
  event: 0,
  instrument: 0,
  invoice: 0,
  invoice_payment: 0,
  payment_intent: 0,
  portal_session: 0,
  price: 0,
  product: 0,
  refund: 0,
  saved_answer: 0,
  subscription: 0,
  task: 0,
  test_clock: 0,
  transfer: 0,
  webhook_endpoint: 0,
} satisfies Record<TableName, 0>) as TableName[];
