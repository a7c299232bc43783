import { cancelSubscription, findSubscription, updateSubscription } from '../billing/subscriptions.js';
import { advanceTestClock, createTestClock, deleteTestClock, findTestClock } from '../billing/test-clocks.js';
import { findInvoice, giveUpInvoice } from '../billing/invoices.js';
import { payInvoice } from '../billing/pay-invoice.js';
import { createPortalSession } from '../billing/portal-sessions.js';
import { createPrice, findPrice } from '../catalog/prices.js';
import { createProduct, findProduct } from '../catalog/products.js';
import { createAccount, createAccountLink, findAccount, updateAccount } from '../connect/accounts.js';
import { createReversal, createTransfer, findTransfer, readBalance } from '../connect/transfers.js';
import { createSession } from '../checkout/create-session.js';
import { expireSession, findCheckout, updateSession } from '../checkout/sessions.js';
import { createCustomer, findCustomer, updateCustomer } from '../customers/customers.js';
import { presentEvent } from '../events/record-event.js';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  findEndpoint,
  updateWebhookEndpoint,
} from '../events/webhook-endpoints.js';
import {
  cancelIntentRequest,
  captureIntentRequest,
  confirmIntentRequest,
  createIntent,
  updateIntent,
} from '../payments/payment-intent-requests.js';
import { decideDispute, findDispute, updateDispute } from '../payments/disputes.js';
import { findIntent } from '../payments/payment-intents.js';
import { createRefund } from '../payments/refunds.js';
import { type TableName, type Tables } from '../store/tables.js';
import { type Work } from '../store/work.js';
import { type ApiError, invalidParameter, noSuch } from './api-error.js';
import { listObjects, matching, page } from './list-objects.js';
import { type Params } from './params.js';

const MOST_TYPES = 20;

/** Answers a request. What it throws takes its writes back; an `ApiError` it returns is answered with them kept. */
export type Endpoint = (work: Work, params: Params, id: string) => object | ApiError;

/** Every endpoint of the API, by method and path. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'POST /v1/checkout/sessions': createSession,
  'GET /v1/checkout/sessions': (work, params) => {
    const sessions = work.store.all('checkout').map(({ session }) => session);
    const wanted = matching(params, sessions, 'payment_intent', 'customer', 'subscription', 'status');
    return listObjects(params, '/v1/checkout/sessions', wanted);
  },
  'GET /v1/checkout/sessions/:id': (work, _params, id) => findCheckout(work, id).session,
  'POST /v1/checkout/sessions/:id': (work, params, id) => updateSession(work, id, params),
  'POST /v1/checkout/sessions/:id/expire': (work, _params, id) => expireSession(work, id),
  'GET /v1/checkout/sessions/:id/line_items': (work, params, id) =>
    page(params, `/v1/checkout/sessions/${id}/line_items`, findCheckout(work, id).lineItems),

  'POST /v1/payment_intents': createIntent,
  'GET /v1/payment_intents': list('payment_intent', '/v1/payment_intents', 'customer'),
  'GET /v1/payment_intents/:id': (work, params, id) => {
    params.ignore('client_secret');
    return findIntent(work, id);
  },
  'POST /v1/payment_intents/:id': (work, params, id) => updateIntent(work, id, params),
  'POST /v1/payment_intents/:id/confirm': (work, params, id) => confirmIntentRequest(work, id, params),
  'POST /v1/payment_intents/:id/capture': (work, params, id) => captureIntentRequest(work, id, params),
  'POST /v1/payment_intents/:id/cancel': (work, params, id) => cancelIntentRequest(work, id, params),

  'GET /v1/charges': list('charge', '/v1/charges', 'payment_intent', 'customer'),
  'GET /v1/charges/:id': one('charge', 'charge'),
  'POST /v1/refunds': createRefund,
  'GET /v1/refunds': list('refund', '/v1/refunds', 'charge', 'payment_intent'),
  'GET /v1/refunds/:id': one('refund', 'refund'),
  'GET /v1/balance_transactions': list('balance_transaction', '/v1/balance_transactions', 'source', 'type', 'currency'),
  'GET /v1/balance_transactions/:id': one('balance_transaction', 'balance transaction'),
  'GET /v1/payment_methods/:id': (work, _params, id) => {
    const instrument = work.store.get('instrument', id);
    if (!instrument) throw noSuch('PaymentMethod', id);
    return instrument.method;
  },

  'POST /v1/customers': createCustomer,
  'GET /v1/customers': list('customer', '/v1/customers', 'email'),
  'GET /v1/customers/:id': (work, _params, id) => findCustomer(work, id),
  'POST /v1/customers/:id': (work, params, id) => updateCustomer(work, id, params),

  'POST /v1/products': createProduct,
  'GET /v1/products': list('product', '/v1/products'),
  'GET /v1/products/:id': (work, _params, id) => findProduct(work, id),
  'POST /v1/prices': (work, params) => createPrice(work, params, false),
  'GET /v1/prices': list('price', '/v1/prices', 'product', 'currency', 'type'),
  'GET /v1/prices/:id': (work, _params, id) => findPrice(work, id),

  'GET /v1/subscriptions': list('subscription', '/v1/subscriptions', 'customer', 'status'),
  'GET /v1/subscriptions/:id': (work, _params, id) => findSubscription(work, id),
  'DELETE /v1/subscriptions/:id': (work, _params, id) => cancelSubscription(work, id),
  'POST /v1/subscriptions/:id': (work, params, id) => updateSubscription(work, id, params),
  'POST /v1/billing_portal/sessions': createPortalSession,
  'GET /v1/disputes': list('dispute', '/v1/disputes', 'charge', 'payment_intent'),
  'GET /v1/disputes/:id': (work, _params, id) => findDispute(work, id),
  'POST /v1/disputes/:id': (work, params, id) => updateDispute(work, id, params),
  'POST /v1/disputes/:id/close': (work, _params, id) => decideDispute(work, id, 'lost'),
  'POST /v1/test_helpers/test_clocks': createTestClock,
  'GET /v1/test_helpers/test_clocks': list('test_clock', '/v1/test_helpers/test_clocks'),
  'GET /v1/test_helpers/test_clocks/:id': (work, _params, id) => findTestClock(work, id),
  'POST /v1/test_helpers/test_clocks/:id/advance': (work, params, id) => advanceTestClock(work, id, params),
  'DELETE /v1/test_helpers/test_clocks/:id': (work, _params, id) => deleteTestClock(work, id),
  'GET /v1/invoices': (work, params) => {
    const subscription = params.text('subscription');
    const invoices = work.store
      .all('invoice')
      .filter(
        ({ parent }) => subscription === undefined || parent?.subscription_details?.subscription === subscription,
      );
    return listObjects(params, '/v1/invoices', matching(params, invoices, 'customer', 'status'));
  },
  'POST /v1/invoices/:id/pay': (work, params, id) => payInvoice(work, id, params),
  'POST /v1/invoices/:id/void': (work, _params, id) => giveUpInvoice(work, id, 'void'),
  'POST /v1/invoices/:id/mark_uncollectible': (work, _params, id) => giveUpInvoice(work, id, 'uncollectible'),
  'GET /v1/invoices/:id': (work, _params, id) => findInvoice(work, id),
  'GET /v1/invoice_payments': (work, params) => {
    const payment = params.object('payment');
    payment?.oneOf('type', ['payment_intent']);
    const intent = payment?.text('payment_intent');
    const payments = work.store
      .all('invoice_payment')
      .filter((it) => intent === undefined || it.payment.payment_intent === intent);
    return listObjects(params, '/v1/invoice_payments', matching(params, payments, 'invoice', 'status'));
  },
  'GET /v1/invoice_payments/:id': one('invoice_payment', 'invoice payment'),

  'POST /v1/accounts': createAccount,
  'GET /v1/accounts': list('account', '/v1/accounts'),
  'GET /v1/accounts/:id': (work, _params, id) => findAccount(work, id),
  'POST /v1/accounts/:id': (work, params, id) => updateAccount(work, id, params),
  'POST /v1/account_links': createAccountLink,
  'GET /v1/balance': readBalance,
  'POST /v1/transfers': createTransfer,
  'GET /v1/transfers': list('transfer', '/v1/transfers', 'destination', 'transfer_group'),
  'GET /v1/transfers/:id': (work, _params, id) => findTransfer(work, id),
  'POST /v1/transfers/:id/reversals': (work, params, id) => createReversal(work, id, params),
  'GET /v1/transfers/:id/reversals': (work, params, id) =>
    page(params, `/v1/transfers/${id}/reversals`, findTransfer(work, id).reversals.data),

  'GET /v1/events': (work, params) => {
    const type = params.text('type');
    const types = params.texts('types');
    if (types.length > MOST_TYPES) throw invalidParameter('types', `At most ${MOST_TYPES} types can be asked for.`);
    const undelivered = params.boolean('delivery_success');
    const events = work.store
      .all('event')
      .filter(({ event }) => matchesType(event.type, type) && (types.length === 0 || types.includes(event.type)))
      .map(({ id }) => presentEvent(work, id)!)
      .filter((event) => undelivered === undefined || (event.pending_webhooks === 0) === undelivered);
    return listObjects(params, '/v1/events', events);
  },
  'GET /v1/events/:id': (work, _params, id) => {
    const event = presentEvent(work, id);
    if (!event) throw noSuch('event', id);
    return event;
  },
  'POST /v1/webhook_endpoints': createWebhookEndpoint,
  'GET /v1/webhook_endpoints': (work, params) => {
    const endpoints = work.store.all('webhook_endpoint').map(({ endpoint }) => endpoint);
    return listObjects(params, '/v1/webhook_endpoints', endpoints);
  },
  'GET /v1/webhook_endpoints/:id': (work, _params, id) => findEndpoint(work, id).endpoint,
  'POST /v1/webhook_endpoints/:id': (work, params, id) => updateWebhookEndpoint(work, id, params),
  'DELETE /v1/webhook_endpoints/:id': (work, _params, id) => deleteWebhookEndpoint(work, id),
};

function list<T extends TableName>(table: T, url: string, ...filters: (keyof Tables[T] & string)[]): Endpoint {
  return (work, params) => listObjects(params, url, matching(params, work.store.all(table), ...filters));
}

function one(table: TableName, noun: string): Endpoint {
  return (work, _params, id) => {
    const object = work.store.get(table, id);
    if (!object) throw noSuch(noun, id);
    return object;
  };
}

/** `type=charge.*` takes every event about charges. */
function matchesType(type: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return wanted.endsWith('.*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}
