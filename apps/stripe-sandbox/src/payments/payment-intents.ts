import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { noSuch, refused } from '../api/api-error.js';
import { newId, randomText } from '../store/ids.js';
import { referenced } from '../store/referenced.js';
import { schedule } from '../store/task.js';
import { type Work } from '../store/work.js';
import { addCharge, captureCharge, settleCharge } from './charges.js';
import { DEBIT_FAILURE } from './delayed-methods.js';
import { openDispute } from './disputes.js';
import { type Instrument } from './instrument.js';
import { type Decline, GENERIC_DECLINE } from './test-cards.js';

/** Where a payment intent may go from where it is. */
const PAYMENT_STEPS = {
  requires_payment_method: [
    'requires_payment_method',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ],
  requires_action: [
    'requires_payment_method',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ],
  processing: ['succeeded', 'requires_payment_method'],
  requires_capture: ['succeeded', 'canceled'],
  succeeded: [],
  canceled: [],
} as const satisfies Record<string, readonly string[]>;

export type PaymentStatus = keyof typeof PAYMENT_STEPS;

const AUTHENTICATION_FAILED: Decline = {
  code: 'payment_intent_authentication_failure',
  declineCode: null,
  message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
};

export interface NewIntent {
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly receiptEmail: string | null;
  readonly captureMethod: 'automatic' | 'manual';
  readonly methodTypes: readonly string[];
  readonly setupFutureUsage: 'off_session' | 'on_session' | null;
  readonly transferGroup: string | null;
}

/** Opens a payment that waits for a payment method. */
export function addIntent(work: Work, given: NewIntent): Stripe.PaymentIntent {
  const id = newId('pi');
  const intent: Stripe.PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: given.amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: given.captureMethod === 'manual' ? 'manual' : 'automatic_async',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created: work.now,
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    description: given.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: [...given.methodTypes],
    payment_record: null,
    processing: null,
    receipt_email: given.receiptEmail,
    review: null,
    setup_future_usage: given.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: given.transferGroup,
  };
  work.store.put('payment_intent', intent);
  recordEvent(work, 'payment_intent.created', intent);
  return intent;
}

/**
 * Tries to pay with `instrument`. The status of the intent it returns is the outcome: `succeeded`,
 * `requires_capture`, `processing`, `requires_action` (3-D Secure) or `requires_payment_method` (declined).
 *
 * @throws {ApiError} payment_intent_unexpected_state when it is paid, canceled or under way
 */
export function confirmIntent(
  work: Work,
  intent: Stripe.PaymentIntent,
  instrument: Instrument,
  returnUrl: string | null,
): Stripe.PaymentIntent {
  const open: Stripe.PaymentIntent = {
    ...intent,
    payment_method: instrument.id,
    last_payment_error: null,
    next_action: null,
  };
  const { behavior } = instrument;
  switch (behavior.kind) {
    case 'succeeds':
      return pay(work, open, instrument);
    case 'declines':
      return decline(work, open, instrument, behavior.decline);
    case 'challenges': {
      const url = `${work.publicUrl}/c/challenge/${intent.id}`;
      const next = { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
      return advance(work, open, 'requires_action', { next_action: next }, 'payment_intent.requires_action');
    }
    case 'settles': {
      const started = advance(work, open, 'processing', {}, 'payment_intent.processing');
      const charge = addCharge(work, started, instrument, 'pending');
      schedule(work, 'settle-payment', intent.id, work.nowMs + work.settleDelayMs);
      return work.store.put('payment_intent', { ...started, latest_charge: charge.id });
    }
  }
}

/** Ends a 3-D Secure challenge the way the customer answered it. */
export function answerChallenge(work: Work, intent: Stripe.PaymentIntent, passed: boolean): Stripe.PaymentIntent {
  const instrument = instrumentOf(work, intent);
  if (intent.status !== 'requires_action' || !instrument) throw unexpectedState(intent, 'authenticate');
  const open: Stripe.PaymentIntent = { ...intent, next_action: null };
  if (!passed) return decline(work, open, instrument, AUTHENTICATION_FAILED, { withCharge: false });
  const { behavior } = instrument;
  if (behavior.kind === 'challenges' && behavior.then === 'declines')
    return decline(work, open, instrument, GENERIC_DECLINE);
  return pay(work, open, instrument);
}

/** Decides a payment under way. Doing it again changes nothing and returns null. */
export function settleIntent(work: Work, id: string): Stripe.PaymentIntent | null {
  const intent = work.store.get('payment_intent', id);
  const instrument = intent && instrumentOf(work, intent);
  if (intent?.status !== 'processing' || !instrument) return null;
  const charge = referenced(work, 'charge', intent.latest_charge);
  const failed = instrument.behavior.kind === 'settles' && instrument.behavior.outcome === 'fails';
  if (charge) settleCharge(work, charge, failed ? DEBIT_FAILURE : null);
  if (failed) return decline(work, intent, instrument, DEBIT_FAILURE, { withCharge: false });
  return advance(work, intent, 'succeeded', { amount_received: intent.amount }, 'payment_intent.succeeded');
}

/** Takes the money a manual payment has held: all of it, or `amount`. */
export function captureIntent(
  work: Work,
  intent: Stripe.PaymentIntent,
  amount = intent.amount_capturable,
): Stripe.PaymentIntent {
  const charge = referenced(work, 'charge', intent.latest_charge);
  if (intent.status !== 'requires_capture' || !charge) throw unexpectedState(intent, 'capture');
  if (amount > intent.amount_capturable)
    throw refused('The amount to capture is more than was authorized.', 'amount_too_large');
  captureCharge(work, charge, amount);
  return advance(
    work,
    intent,
    'succeeded',
    { amount_received: amount, amount_capturable: 0 },
    'payment_intent.succeeded',
  );
}

/** Gives up a payment that has not been made. */
export function cancelIntent(work: Work, intent: Stripe.PaymentIntent, reason: string | null): Stripe.PaymentIntent {
  const patch = { canceled_at: work.now, cancellation_reason: reason, next_action: null, amount_capturable: 0 };
  return advance(work, intent, 'canceled', patch, 'payment_intent.canceled');
}

/** @throws {ApiError} resource_missing */
export function findIntent(work: Work, id: string, param?: string): Stripe.PaymentIntent {
  const intent = work.store.get('payment_intent', id);
  if (!intent) throw noSuch('payment_intent', id, param);
  return intent;
}

export function instrumentOf(work: Work, intent: Stripe.PaymentIntent): Instrument | undefined {
  return referenced(work, 'instrument', intent.payment_method);
}

function pay(work: Work, intent: Stripe.PaymentIntent, instrument: Instrument): Stripe.PaymentIntent {
  const manual = intent.capture_method === 'manual';
  mayAdvance(intent, manual ? 'requires_capture' : 'succeeded');
  const charge = addCharge(work, intent, instrument, 'succeeded');
  const latest_charge = charge.id;
  const { behavior } = instrument;
  if (!manual && behavior.kind === 'succeeds' && behavior.disputed) openDispute(work, charge);
  return manual
    ? advance(
        work,
        intent,
        'requires_capture',
        { latest_charge, amount_capturable: intent.amount },
        'payment_intent.amount_capturable_updated',
      )
    : advance(work, intent, 'succeeded', { latest_charge, amount_received: intent.amount }, 'payment_intent.succeeded');
}

function decline(
  work: Work,
  intent: Stripe.PaymentIntent,
  instrument: Instrument,
  why: Decline,
  { withCharge } = { withCharge: true },
): Stripe.PaymentIntent {
  mayAdvance(intent, 'requires_payment_method');
  const latest_charge = withCharge ? addCharge(work, intent, instrument, 'failed', why).id : intent.latest_charge;
  const charge = typeof latest_charge === 'string' ? latest_charge : undefined;
  const error: Stripe.PaymentIntent['last_payment_error'] = {
    type: why.declineCode === null && why.code === AUTHENTICATION_FAILED.code ? 'invalid_request_error' : 'card_error',
    code: why.code,
    message: why.message,
    ...(charge && { charge }),
    ...(why.declineCode !== null && { decline_code: why.declineCode }),
    payment_method: instrument.method,
  };
  const patch = { latest_charge, last_payment_error: error, payment_method: null };
  return advance(work, intent, 'requires_payment_method', patch, 'payment_intent.payment_failed');
}

function advance(
  work: Work,
  intent: Stripe.PaymentIntent,
  to: PaymentStatus,
  patch: Partial<Stripe.PaymentIntent>,
  event: string,
): Stripe.PaymentIntent {
  mayAdvance(intent, to);
  const moved = work.store.put('payment_intent', { ...intent, ...patch, status: to });
  recordEvent(work, event, moved);
  return moved;
}

function mayAdvance(intent: Stripe.PaymentIntent, to: PaymentStatus): void {
  const steps: readonly string[] = PAYMENT_STEPS[intent.status as PaymentStatus];
  if (!steps.includes(to)) throw unexpectedState(intent, to === 'canceled' ? 'cancel' : 'confirm');
}

function unexpectedState(intent: Stripe.PaymentIntent, verb: string): Error {
  return refused(
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
    'payment_intent_unexpected_state',
  );
}
