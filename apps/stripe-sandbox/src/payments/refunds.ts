import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { invalidParameter, noSuch, refused } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { newId } from '../store/ids.js';
import { referenced } from '../store/referenced.js';
import { type Work } from '../store/work.js';
import { addBalanceTransaction } from './balance-transactions.js';
import { findIntent } from './payment-intents.js';

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

/**
 * Gives back all that is left of a charge, or `amount` of it.
 *
 * @throws {ApiError} charge_already_refunded, or when more is asked than is left, or nothing was captured
 */
export function createRefund(work: Work, params: Params): Stripe.Refund {
  const charge = chargeToRefund(work, params);
  const amount = params.integer('amount', 1, 99_999_999);
  const reason = params.oneOf('reason', REASONS) ?? null;
  const metadata = params.metadata();
  params.ignore('refund_application_fee', 'reverse_transfer', 'instructions_email', 'currency', 'origin');

  if (charge.status !== 'succeeded' || !charge.captured) {
    throw refused(`Charge ${charge.id} has not been captured and cannot be refunded.`, 'charge_not_refundable');
  }
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0) throw refused(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
  if ((amount ?? left) > left) {
    throw refused(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`);
  }
  return give(work, charge, amount ?? left, reason, metadata);
}

function chargeToRefund(work: Work, params: Params): Stripe.Charge {
  const chargeId = params.text('charge');
  const intentId = params.text('payment_intent');
  if (chargeId !== undefined && intentId !== undefined) {
    throw invalidParameter('charge', 'You may only specify one of these parameters: charge, payment_intent.');
  }
  if (chargeId === undefined && intentId === undefined) {
    throw invalidParameter(
      'charge',
      'One of the following params should be provided for this request: payment_intent or charge.',
      'parameter_missing',
    );
  }
  if (chargeId !== undefined) {
    const charge = work.store.get('charge', chargeId);
    if (!charge) throw noSuch('charge', chargeId, 'charge');
    return charge;
  }
  const intent = findIntent(work, intentId ?? '', 'payment_intent');
  const charge = referenced(work, 'charge', intent.latest_charge);
  if (!charge) throw refused(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`);
  return charge;
}

function give(
  work: Work,
  charge: Stripe.Charge,
  amount: number,
  reason: (typeof REASONS)[number] | null,
  metadata: Record<string, string>,
): Stripe.Refund {
  const id = newId('re');
  const refund: Stripe.Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: addBalanceTransaction(work, 'refund', id, -amount, charge.currency),
    charge: charge.id,
    created: work.now,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  work.store.put('refund', refund);
  recordEvent(work, 'refund.created', refund);
  const amountRefunded = charge.amount_refunded + amount;
  const { amount_refunded, refunded } = charge;
  const after = work.store.put('charge', {
    ...charge,
    amount_refunded: amountRefunded,
    refunded: amountRefunded === charge.amount_captured,
  });
  recordEvent(work, 'charge.refunded', after, { amount_refunded, refunded });
  return refund;
}
