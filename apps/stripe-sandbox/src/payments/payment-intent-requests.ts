import type Stripe from 'stripe';
import { findCustomer } from '../customers/customers.js';
import { checkAmount, readCurrency } from '../catalog/currencies.js';
import { ApiError, invalidParameter, noSuch } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { type Work } from '../store/work.js';
import { addCard, type Instrument } from './instrument.js';
import { addIntent, cancelIntent, captureIntent, confirmIntent, findIntent } from './payment-intents.js';
import { cardForToken } from './test-cards.js';

type IntentAnswer = Stripe.PaymentIntent | ApiError;

const CANCELLATION_REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;

/** `POST /v1/payment_intents`. With `confirm=true` it is paid at once; a decline is an answer, and is kept. */
export function createIntent(work: Work, params: Params): IntentAnswer {
  const amount = params.integer('amount', 1, 99_999_999) ?? params.missing('amount');
  const currency = readCurrency(params, 'currency') ?? params.missing('currency');
  checkAmount(amount, currency);
  const customer = params.text('customer');
  const captureMethod = params.oneOf('capture_method', ['automatic', 'automatic_async', 'manual'] as const);
  const methodTypes = params.texts('payment_method_types');
  params.ignore('automatic_payment_methods', 'off_session', 'payment_method_options', 'statement_descriptor');
  const intent = addIntent(work, {
    amount,
    currency,
    customer: customer === undefined ? null : findCustomer(work, customer, 'customer').id,
    description: params.text('description', 1000) ?? null,
    metadata: params.metadata(),
    receiptEmail: params.email('receipt_email') ?? null,
    captureMethod: captureMethod === 'manual' ? 'manual' : 'automatic',
    methodTypes: methodTypes.length > 0 ? methodTypes : ['card'],
    setupFutureUsage: params.oneOf('setup_future_usage', ['off_session', 'on_session'] as const) ?? null,
    transferGroup: params.text('transfer_group') ?? null,
  });
  return params.boolean('confirm') === true ? confirm(work, intent, params) : intent;
}

/** `POST /v1/payment_intents/:id`: metadata and description. */
export function updateIntent(work: Work, id: string, params: Params): Stripe.PaymentIntent {
  const intent = findIntent(work, id);
  return work.store.put('payment_intent', {
    ...intent,
    metadata: params.metadata('metadata', intent.metadata),
    description: params.text('description', 1000) ?? intent.description,
  });
}

/** `POST /v1/payment_intents/:id/confirm`. */
export function confirmIntentRequest(work: Work, id: string, params: Params): IntentAnswer {
  params.ignore('off_session', 'payment_method_options', 'receipt_email');
  return confirm(work, findIntent(work, id), params);
}

/** `POST /v1/payment_intents/:id/capture`. */
export function captureIntentRequest(work: Work, id: string, params: Params): Stripe.PaymentIntent {
  return captureIntent(work, findIntent(work, id), params.integer('amount_to_capture', 1, 99_999_999));
}

/** `POST /v1/payment_intents/:id/cancel`. */
export function cancelIntentRequest(work: Work, id: string, params: Params): Stripe.PaymentIntent {
  return cancelIntent(work, findIntent(work, id), params.oneOf('cancellation_reason', CANCELLATION_REASONS) ?? null);
}

function confirm(work: Work, intent: Stripe.PaymentIntent, params: Params): IntentAnswer {
  const instrument = readInstrument(work, params);
  const confirmed = confirmIntent(work, intent, instrument, params.url('return_url') ?? null);
  const error = confirmed.last_payment_error;
  if (!error) return confirmed;
  const body = {
    type: 'card_error',
    message: error.message ?? '',
    code: String(error.code),
    payment_intent: confirmed,
  } as const;
  const { decline_code, charge } = error;
  return new ApiError(402, { ...body, ...(decline_code && { decline_code }), ...(charge && { charge }) }, true);
}

/** A kept payment method, or one of Stripe's names for a test card. */
function readInstrument(work: Work, params: Params): Instrument {
  const id = params.requiredText('payment_method');
  const kept = work.store.get('instrument', id);
  if (kept) return kept;
  const card = cardForToken(id);
  if (!card)
    throw id.startsWith('pm_')
      ? noSuch('PaymentMethod', id, 'payment_method')
      : invalidParameter('payment_method', 'Not a payment method.');
  const expYear = new Date(work.nowMs).getUTCFullYear() + 1;
  return addCard(work, { card, last4: card.number.slice(-4), expMonth: 12, expYear }, { email: null, name: null });
}
